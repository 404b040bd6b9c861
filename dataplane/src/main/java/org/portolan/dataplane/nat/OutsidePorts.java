package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The mappings' outside side: the choice of a port, and one array cell for each port of each space, with the mapping
 * that holds it, as index + 1, 0 for none.
 *
 * <p>One worker uses it, and owns every port block: with several workers each will be given its own blocks.
 */
final class OutsidePorts implements AutoCloseable {
    /** {@link PortBlocks} owner of the only worker there is. */
    private static final int WORKER = 1;

    private final OutsideAddresses addresses;
    private final PortBlocks ports;
    private final Slab cells;

    OutsidePorts(final OutsideAddresses addresses, final NatSecrets.Key key) {
        this.addresses = addresses;
        ports = new PortBlocks(addresses.count(), WORKER, key);
        cells = Slab.allocate((long) addresses.spaces() * (PortBlocks.LAST_PORT + 1) * Integer.BYTES, "port cells");
        for (int number = 0; number < addresses.count(); number++) {
            for (int block = 0; block < PortBlocks.BLOCKS; block++) {
                ports.give(number, block, WORKER);
            }
            ports.take(OutsideAddresses.space(number, Ipv4.UDP), 0);
            ports.take(OutsideAddresses.space(number, Ipv4.TCP), 0);
        }
    }

    /** The mapping of an outside endpoint, or -1. */
    int findMapping(final int address, final int port, final int protocol) {
        final int number = addresses.numberOf(address);
        return number < 0 ? -1 : Memory.intAt(cell(OutsideAddresses.space(number, protocol), port)) - 1;
    }

    /** Whether a port is of the class below 1024. */
    static boolean isPrivileged(final int protocol, final int port) {
        return protocol != Ipv4.ICMP && port < PortBlocks.BLOCK_PORTS;
    }

    /** Takes a port if it is free, whosever its block is. */
    boolean take(final int number, final int protocol, final int port) {
        return ports.take(OutsideAddresses.space(number, protocol), port);
    }

    /**
     * Takes the port itself, or any of its class.
     *
     * @return -1 when none is free
     */
    int takeLike(final int number, final int protocol, final int port) {
        final int space = OutsideAddresses.space(number, protocol);
        final long owned = ports.blocksOf(number, WORKER);
        if (PortBlocks.contains(owned, port) && ports.take(space, port)) {
            return port;
        }
        final long ofClass = protocol == Ipv4.ICMP
                ? PortBlocks.EVERY
                : isPrivileged(protocol, port) ? PortBlocks.PRIVILEGED : PortBlocks.UNPRIVILEGED;
        return ports.takeAny(space, owned & ofClass);
    }

    /** Takes any port from 1024 on, or returns -1. */
    int takeHigh(final int number, final int protocol) {
        final long owned = ports.blocksOf(number, WORKER);
        return ports.takeAny(OutsideAddresses.space(number, protocol), owned & PortBlocks.UNPRIVILEGED);
    }

    /** Frees a port that was taken and has no mapping. */
    void free(final int number, final int protocol, final int port) {
        ports.free(OutsideAddresses.space(number, protocol), port);
    }

    /** Notes the mapping that holds a taken port. */
    void bind(final int number, final int protocol, final int port, final int mapping) {
        Memory.putInt(cell(OutsideAddresses.space(number, protocol), port), mapping + 1);
    }

    /** Frees the port of a mapping. */
    void unbind(final int number, final int protocol, final int port) {
        final int space = OutsideAddresses.space(number, protocol);
        Memory.putInt(cell(space, port), 0);
        ports.free(space, port);
    }

    private long cell(final int space, final int port) {
        return cells.address() + ((long) space * (PortBlocks.LAST_PORT + 1) + port) * Integer.BYTES;
    }

    long bytes() {
        return cells.bytes() + ports.bytes();
    }

    @Override
    public void close() {
        cells.close();
        ports.close();
    }
}
