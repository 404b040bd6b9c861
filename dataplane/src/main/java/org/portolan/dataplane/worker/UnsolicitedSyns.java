package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.HostRateLimit;
import org.portolan.dataplane.forward.Originator;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/**
 * SYNs from outside to ports that nothing is mapped to, for the 6 seconds in which the inside may open the same
 * connection (RFC 5382 REQ-4). If it has no session then, the sender hears that the port is unreachable. A SYN that is
 * sent again meanwhile is the same one.
 *
 * <p>The table is small and anybody outside can fill it, so it is spread by a keyed hash over sets of
 * {@value #EACH_SET}, in a full set the newest takes the place of the oldest, and a network of 256 addresses puts in at
 * most {@value #PER_NETWORK} a second. What finds no place or loses it gets no answer, which REQ-4 a) allows, and is
 * counted. What is left of a frame are its first {@value #MOST_KEPT} bytes from the IPv4 header on.
 *
 * <p>One worker uses it; it reads no clock.
 */
final class UnsolicitedSyns implements AutoCloseable {
    /** RFC 5382 REQ-4. */
    static final long WAIT_NS = 6_000_000_000L;

    static final int CAPACITY = 1024;
    static final int PER_NETWORK = 16;
    static final int MOST_KEPT = 128;

    private static final int EACH_SET = 4;
    private static final int PER_SECOND = 1000;
    private static final int NETWORK_MASK = 0xFFFF_FF00;

    private final Port[] ports;
    private final Nat nat;
    private final Originator originator;
    private final WorkerCounters counters;
    private final HostRateLimit networks;
    private final long secret;
    private final Slab kept = Slab.allocate(CAPACITY * MOST_KEPT, "unsolicited SYNs");
    private final long[] dueNs = new long[CAPACITY];
    private final long[] addresses = new long[CAPACITY];
    private final long[] flowPorts = new long[CAPACITY];
    private final long[] macs = new long[CAPACITY];
    private final int[] keptBytes = new int[CAPACITY];

    /** Index of the port that it came in by, plus 1; 0 for an empty place. */
    private final int[] ingress = new int[CAPACITY];

    private int size;
    private long firstDueNs;

    /** @param secret nobody else knows it */
    UnsolicitedSyns(
            final Port[] ports,
            final Nat nat,
            final Originator originator,
            final WorkerCounters counters,
            final long secret) {
        this.ports = ports;
        this.nat = nat;
        this.originator = originator;
        this.counters = counters;
        this.secret = secret;
        networks = new HostRateLimit(PER_NETWORK, PER_NETWORK, PER_SECOND, PER_SECOND, secret);
    }

    /** How many wait. */
    int size() {
        return size;
    }

    /** Remembers a packet from outside that found no mapping, if it is a plain SYN that may be answered at all. */
    void note(final Transit transit, final long nowNs) {
        final Packet packet = transit.packet();
        final int flags = packet.tcpFlags() & (Tcp.SYN | Tcp.ACK | Tcp.RST | Tcp.FIN);
        if (flags != Tcp.SYN || !Originator.mayBeAnswered(transit)) {
            return;
        }
        final long ports = Flow.in(transit.ingress().realm(), packet.flowPorts());
        final int place = place(packet.flowAddresses(), ports);
        if (ingress[place] != 0 && isOf(place, packet.flowAddresses(), ports)) {
            return;
        }
        if (!networks.allow(packet.source() & NETWORK_MASK, nowNs)) {
            counters.unsolicitedSynLost();
            return;
        }
        if (ingress[place] != 0) {
            counters.unsolicitedSynLost();
            size--;
        }
        put(place, transit, ports, nowNs + WAIT_NS);
    }

    private void put(final int place, final Transit transit, final long ports, final long atNs) {
        final Packet packet = transit.packet();
        keptBytes[place] = Math.min(packet.totalLength(), MOST_KEPT);
        Memory.copy(packet.ip(), address(place), keptBytes[place]);
        addresses[place] = packet.flowAddresses();
        flowPorts[place] = ports;
        macs[place] = Ethernet.source(transit.frame().address());
        ingress[place] = transit.ingress().index() + 1;
        dueNs[place] = atNs;
        if (size++ == 0) {
            firstDueNs = atNs;
        }
        counters.unsolicitedSyns(size);
    }

    /** The place of this flow's SYN, or else a free one of its set, or else the one of the oldest there. */
    private int place(final long addresses, final long ports) {
        final int first = (int) (hash(addresses, ports) >>> 32) & CAPACITY - EACH_SET;
        int best = first;
        for (int place = first; place < first + EACH_SET; place++) {
            if (ingress[place] != 0 && isOf(place, addresses, ports)) {
                return place;
            }
            if (ingress[best] != 0 && (ingress[place] == 0 || dueNs[place] - dueNs[best] < 0)) {
                best = place;
            }
        }
        return best;
    }

    private boolean isOf(final int place, final long flowAddresses, final long ports) {
        return addresses[place] == flowAddresses && flowPorts[place] == ports;
    }

    private long hash(final long flowAddresses, final long ports) {
        final long first = fold(flowAddresses ^ secret, ports | 1L << 63);
        return fold(first ^ secret, ports ^ Long.rotateLeft(secret, 32) | 1);
    }

    private static long fold(final long left, final long right) {
        return Math.unsignedMultiplyHigh(left, right) ^ left * right;
    }

    /**
     * Ends the wait of those whose 6 seconds are over.
     *
     * @return how many
     */
    int poll(final long nowNs) {
        if (size == 0 || firstDueNs - nowNs > 0) {
            return 0;
        }
        int ended = 0;
        long next = Long.MAX_VALUE;
        for (int place = 0; place < CAPACITY; place++) {
            if (ingress[place] == 0) {
                continue;
            }
            if (dueNs[place] - nowNs > 0) {
                next = Math.min(next, dueNs[place]);
                continue;
            }
            answer(place, nowNs);
            ingress[place] = 0;
            ended++;
        }
        firstDueNs = next;
        size -= ended;
        counters.unsolicitedSyns(size);
        return ended;
    }

    private void answer(final int place, final long nowNs) {
        if (!nat.hasFlow(addresses[place], flowPorts[place])) {
            originator.portUnreachable(ports[ingress[place] - 1], macs[place], address(place), keptBytes[place], nowNs);
        }
    }

    private long address(final int place) {
        return kept.address() + (long) place * MOST_KEPT;
    }

    @Override
    public void close() {
        kept.close();
    }
}
