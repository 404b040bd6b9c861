package org.portolan.control.history;

import static org.portolan.dataplane.neighbor.NeighborChange.DUE;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.FLUSHED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.MOVED;
import static org.portolan.dataplane.neighbor.NeighborChange.REFRESHED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_ADDED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_REMOVED;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.portolan.dataplane.neighbor.NeighborChange;

/** Neighbors that come, move, fall silent and are pinned, in an order that a router could see. */
final class NeighborStorm {
    static final int NEIGHBORS = 2_000;

    /** Its MAC is a number that grows: what the file has tells how far the history came. */
    static final int BEACON = 0x0A00FF01;

    private static final int FIRST = 0x0A000001;
    private static final int IN_BLOCK = 250;
    private static final int BLOCK = 256;
    private static final long MAC = 0x0250_0000_0000L;
    private static final long PROBE_MICROS = 3_000_000;

    private final HistoryFeed feed;
    private final Random random;
    private final LongSupplier wallMicros;
    private final long[] macs = new long[NEIGHBORS];
    private final boolean[] pinned = new boolean[NEIGHBORS];
    private final boolean[] probed = new boolean[NEIGHBORS];
    private final Deque<Probe> probes = new ArrayDeque<>();
    private long beacon;

    private record Probe(int neighbor, long untilMicros) {}

    /** @param remembered where the last one ended */
    NeighborStorm(
            final HistoryFeed feed,
            final List<Remembered> remembered,
            final Random random,
            final LongSupplier wallMicros) {
        this.feed = feed;
        this.random = random;
        this.wallMicros = wallMicros;
        for (final Remembered each : remembered) {
            if (each.address() == BEACON) {
                beacon = each.mac();
            } else {
                final int neighbor = neighbor(each.address());
                macs[neighbor] = each.mac();
                pinned[neighbor] = each.isStatic();
            }
        }
    }

    static int address(final int neighbor) {
        return FIRST + neighbor / IN_BLOCK * BLOCK + neighbor % IN_BLOCK;
    }

    private static int neighbor(final int address) {
        final int offset = address - FIRST;
        return offset / BLOCK * IN_BLOCK + offset % BLOCK;
    }

    /** One thing happens to somebody, and the probes that are over end. */
    void blow() {
        endProbes();
        final int neighbor = random.nextInt(NEIGHBORS);
        final long mac = macs[neighbor];
        if (pinned[neighbor]) {
            pinned[neighbor] = false;
            tell(STATIC_REMOVED, neighbor, 0);
        } else if (probed[neighbor]) {
            answer(neighbor, mac);
        } else if (mac == 0) {
            tell(LEARNED, neighbor, anyMac());
        } else {
            change(neighbor, mac);
        }
    }

    private void change(final int neighbor, final long mac) {
        switch (random.nextInt(10)) {
            case 0 -> tell(FLUSHED, neighbor, 0);
            case 1 -> {
                pinned[neighbor] = true;
                tell(STATIC_ADDED, neighbor, anyMac());
            }
            case 2, 3 -> tell(REFRESHED, neighbor, mac);
            case 4, 5, 6 -> tell(MOVED, neighbor, anyMac());
            default -> {
                probed[neighbor] = true;
                probes.add(new Probe(neighbor, wallMicros.getAsLong() + PROBE_MICROS));
                tell(DUE, neighbor, mac);
            }
        }
    }

    private void endProbes() {
        while (!probes.isEmpty() && probes.peek().untilMicros <= wallMicros.getAsLong()) {
            final int neighbor = probes.remove().neighbor;
            if (probed[neighbor]) {
                probed[neighbor] = false;
                tell(EXPIRED, neighbor, 0);
            }
        }
    }

    private void answer(final int neighbor, final long mac) {
        probed[neighbor] = false;
        tell(REFRESHED, neighbor, mac);
    }

    private void tell(final NeighborChange kind, final int neighbor, final long mac) {
        final long before = macs[neighbor];
        macs[neighbor] = mac;
        tell(kind, address(neighbor), before, mac);
    }

    /** @return the MAC that it has now */
    long flash() {
        final long before = beacon;
        beacon = before == 0 ? MAC : before + 1;
        tell(before == 0 ? LEARNED : MOVED, BEACON, before, beacon);
        return beacon;
    }

    private void tell(final NeighborChange kind, final int address, final long before, final long mac) {
        feed.tell(new Change(kind, 0, address, before, mac, wallMicros.getAsLong(), "storm", "root"));
    }

    private long anyMac() {
        return MAC | random.nextInt() & 0xFFFF_FFFFL;
    }
}
