package org.portolan.bench.history;

import java.util.SplittableRandom;

/**
 * Who is on a /16: a third of the addresses that were ever used are live, the rest come and go. Knows only addresses
 * and MACs; the caller decides what is reported of them.
 */
final class SimulatedNetwork {
    /** Addresses that are ever used. */
    static final int HOSTS = 12_000;

    /** How many of them are live, when it has settled. */
    static final int LIVE = 4_000;

    private static final int SUBNET = 0x0A00_0000;
    private static final long FIRST_MAC = 0x0250_0000_0000L;

    private final SplittableRandom random;
    private final long[] macs = new long[HOSTS];
    private final int[] order = new int[HOSTS];
    private int live;
    private long nextMac = FIRST_MAC;

    SimulatedNetwork(final long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < HOSTS; i++) {
            order[i] = i;
        }
    }

    /** An address, what it had and what it has now; 0 for nothing. */
    record Event(int address, long macOld, long mac) {}

    int live() {
        return live;
    }

    /** Spread over the whole subnet, so that trees are as wide as they get. */
    private static int address(final int host) {
        return SUBNET + 256 + host * 5;
    }

    /** One in ten of the changes: a host gets another card, or its address another host. */
    boolean drawsMove() {
        return live > 0 && random.nextInt(10) == 0;
    }

    /** Whether the next one comes or goes: the more are live, the likelier one goes. */
    boolean drawsArrival() {
        return live == 0 || live < HOSTS && random.nextInt(2 * LIVE) >= live;
    }

    Event arrive() {
        final int at = live + random.nextInt(HOSTS - live);
        swap(at, live);
        final int host = order[live++];
        // Most come back with the card they had.
        if (macs[host] == 0) {
            macs[host] = nextMac++;
        }
        return new Event(address(host), 0, macs[host]);
    }

    Event move() {
        final int host = order[random.nextInt(live)];
        final long old = macs[host];
        macs[host] = nextMac++;
        return new Event(address(host), old, macs[host]);
    }

    Event leave() {
        swap(random.nextInt(live), live - 1);
        final int host = order[--live];
        return new Event(address(host), macs[host], 0);
    }

    /** The live one of that number: a sign of life. */
    Event sighting(final int number) {
        final int host = order[number];
        return new Event(address(host), macs[host], macs[host]);
    }

    private void swap(final int one, final int other) {
        final int kept = order[one];
        order[one] = order[other];
        order[other] = kept;
    }
}
