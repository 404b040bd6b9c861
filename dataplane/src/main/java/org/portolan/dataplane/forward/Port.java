package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.wire.Flow;

/**
 * A worker's view of one interface. What the config fixed is final; what the link changes (driver, MAC, MTU, up) is
 * written by the worker alone, on control's command.
 */
public final class Port {
    private final int index;
    private final String name;
    private final boolean outside;
    private final int realm;
    private final int address;
    private final int network;
    private final int mask;
    private final NeighborTable neighbors;
    private final NeighborUse use;
    private final PortCounters counters;
    private FrameIo io;
    private long mac;
    private int mtu;
    private boolean up;
    private boolean sendsErrors = true;

    /**
     * @param realm of the inside network, or of the inside that reaches the outside by this port
     * @param prefixLength of the connected subnet, 0 to 32
     * @param mac the device's, 48 bits
     * @param mtu bytes of the largest IPv4 packet
     */
    public Port(
            final int index,
            final String name,
            final boolean outside,
            final int realm,
            final int address,
            final int prefixLength,
            final NeighborTable neighbors,
            final NeighborUse use,
            final PortCounters counters,
            final FrameIo io,
            final long mac,
            final int mtu) {
        this.index = index;
        this.name = name;
        this.outside = outside;
        this.realm = outside ? Flow.outside(realm) : realm;
        this.address = address;
        mask = prefixLength == 0 ? 0 : -1 << 32 - prefixLength;
        network = address & mask;
        this.neighbors = neighbors;
        this.use = use;
        this.counters = counters;
        this.io = io;
        this.mac = mac;
        this.mtu = mtu;
        up = true;
    }

    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public boolean isOutside() {
        return outside;
    }

    /** The realm of the flows that arrive here. */
    public int realm() {
        return realm;
    }

    /** Before the worker starts: the router makes no ICMP errors for senders on this interface (RFC 5508 REQ-9). */
    public Port withoutErrors() {
        sendsErrors = false;
        return this;
    }

    /** Whether the router may send ICMP errors of its own here. */
    public boolean sendsErrors() {
        return sendsErrors;
    }

    /** The router's own address here. */
    public int address() {
        return address;
    }

    /**
     * Whether an address is the connected subnet's broadcast or network address (RFC 1812 5.3.5.2); a /31 and /32
     * have none.
     */
    public boolean isSubnetBroadcast(final int candidate) {
        final int hosts = ~mask;
        final int host = candidate & hosts;
        return (candidate & mask) == network && Integer.compareUnsigned(hosts, 1) > 0 && (host == hosts || host == 0);
    }

    public NeighborTable neighbors() {
        return neighbors;
    }

    /** When this worker last used each neighbor. */
    public NeighborUse use() {
        return use;
    }

    public PortCounters counters() {
        return counters;
    }

    public FrameIo io() {
        return io;
    }

    public long mac() {
        return mac;
    }

    public int mtu() {
        return mtu;
    }

    public boolean isUp() {
        return up;
    }

    /** The worker puts another driver in; the old one is returned. */
    public FrameIo replaceIo(final FrameIo replacement) {
        final FrameIo old = io;
        io = replacement;
        return old;
    }

    /** The worker takes a change of the link over. */
    public void link(final boolean nowUp, final int nowMtu, final long nowMac) {
        up = nowUp;
        mtu = nowMtu;
        mac = nowMac;
    }
}
