package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ipv4;

/**
 * How many ports of each outside address are taken, and how many of them rest: one cache line for each number of an
 * address, all lines side by side, so that the worker can look through a whole pool.
 *
 * <pre>
 *  bytes 0 to 23       6 words: taken ports of UDP, TCP and ICMP, each below 1024 and from there on
 *  24 to 35            3 words: resting ones of each protocol
 * </pre>
 *
 * <p>Taken are the ports of mappings, resting ones included, and those of static rules. A query's identifiers are all
 * of one class. The owning worker writes (release) when a port is taken or freed and when a rest begins or ends, never
 * for an established packet; any thread reads (acquire), each word for itself. Which address has a number, the policy
 * says.
 */
public final class PoolCounts implements AutoCloseable {
    private static final int RECORD_BYTES = Memory.CACHE_LINE_BYTES;
    private static final int RESTING_OFFSET = 2 * PortMemory.PROTOCOLS * Integer.BYTES;

    /** Ports of UDP and TCP below 1024: all but 0. */
    private static final int PRIVILEGED_PORTS = PortBlocks.BLOCK_PORTS - 1;

    private final Slab slab;

    /** @param numbers of outside addresses */
    PoolCounts(final int numbers) {
        slab = Slab.allocate((long) numbers * RECORD_BYTES, "counts of outside ports");
    }

    /** How many ports, or identifiers, of a protocol an address has for mappings and static rules. */
    public static int capacity(final int protocol) {
        return PortBlocks.LAST_PORT + (protocol == Ipv4.ICMP ? 1 : 0);
    }

    /** Ports that are taken, resting ones included. */
    public int taken(final int number, final int protocol) {
        final long first = takenWord(number, protocol, true);
        return SharedWord.observeInt(first) + SharedWord.observeInt(first + Integer.BYTES);
    }

    /** Ports that rest. */
    public int resting(final int number, final int protocol) {
        return SharedWord.observeInt(restingWord(number, protocol));
    }

    /** Ports that a new mapping cannot have, not even by ending a rest. */
    public int inUse(final int number, final int protocol) {
        return Math.max(0, taken(number, protocol) - resting(number, protocol));
    }

    /** The worker: free ports of a class, rests not counted. */
    int free(final int number, final int protocol, final boolean privileged) {
        final int most = protocol == Ipv4.ICMP
                ? PortBlocks.LAST_PORT + 1
                : privileged ? PRIVILEGED_PORTS : PortBlocks.LAST_PORT - PRIVILEGED_PORTS;
        return most - SharedWord.peekInt(takenWord(number, protocol, privileged));
    }

    /** The worker: a number has a new address, whose ports are all free. */
    void clear(final int number) {
        for (int at = 0; at < RECORD_BYTES; at += Integer.BYTES) {
            SharedWord.publishInt(record(number) + at, 0);
        }
    }

    /** The worker. */
    void addTaken(final int number, final int protocol, final int port, final int more) {
        add(takenWord(number, protocol, OutsidePorts.isPrivileged(protocol, port)), more);
    }

    /** The worker. */
    void addResting(final int number, final int protocol, final int more) {
        add(restingWord(number, protocol), more);
    }

    private static void add(final long word, final int more) {
        SharedWord.publishInt(word, SharedWord.peekInt(word) + more);
    }

    private long takenWord(final int number, final int protocol, final boolean privileged) {
        return record(number) + (2 * PortMemory.index(protocol) + (privileged ? 0 : 1)) * Integer.BYTES;
    }

    private long restingWord(final int number, final int protocol) {
        return record(number) + RESTING_OFFSET + PortMemory.index(protocol) * Integer.BYTES;
    }

    private long record(final int number) {
        return slab.address() + (long) number * RECORD_BYTES;
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
