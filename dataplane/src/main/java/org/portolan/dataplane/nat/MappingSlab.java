package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * The memory of the mappings: {@link MappingLayout} records by number, taken and freed in constant time, and their
 * companions.
 *
 * <p>One worker uses it.
 */
final class MappingSlab implements AutoCloseable {
    private final int capacity;
    private final Slab slab;
    private final Slab companions;
    private int taken;
    private int untouched;
    private int freeChain = -1;

    /** @param slab closed with this */
    MappingSlab(final Slab slab) {
        this.slab = slab;
        capacity = (int) (slab.bytes() / MappingLayout.RECORD_BYTES);
        companions = Slab.allocate((long) capacity * MappingCompanionLayout.RECORD_BYTES, "mappings of hosts");
    }

    /** Address of a mapping's record. */
    long record(final int mapping) {
        return slab.address() + (long) mapping * MappingLayout.RECORD_BYTES;
    }

    private long companion(final int mapping) {
        return companions.address() + (long) mapping * MappingCompanionLayout.RECORD_BYTES;
    }

    /** Index of a mapping's host. */
    int host(final int mapping) {
        return Memory.intAt(companion(mapping) + MappingCompanionLayout.HOST_OFFSET);
    }

    /** The mapping after one with sessions in the chain of its host, or -1. */
    int nextOfHost(final int mapping) {
        return MappingRecord.nextOfHost(record(mapping));
    }

    /** The mapping before one with sessions in the chain of its host, or -1. */
    int previousOfHost(final int mapping) {
        return Memory.intAt(companion(mapping) + MappingCompanionLayout.PREVIOUS_OF_HOST_OFFSET) - 1;
    }

    /** @param next or -1 */
    void putNextOfHost(final int mapping, final int next) {
        Memory.putInt(record(mapping) + MappingLayout.NEXT_OF_HOST, next + 1);
    }

    /** @param previous or -1 */
    void putPreviousOfHost(final int mapping, final int previous) {
        Memory.putInt(companion(mapping) + MappingCompanionLayout.PREVIOUS_OF_HOST_OFFSET, previous + 1);
    }

    /** Records in use. */
    int taken() {
        return taken;
    }

    boolean isFull() {
        return taken == capacity;
    }

    /** Takes a record for a mapping without sessions; returns its number. There must be a free one. */
    int write(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int host,
            final int outsideAddress,
            final int outsidePort) {
        final int mapping = take();
        final long record = record(mapping);
        Memory.putInt(record + MappingLayout.INSIDE_ADDRESS_OFFSET, address);
        Memory.putInt(record + MappingLayout.OUTSIDE_ADDRESS_OFFSET, outsideAddress);
        Memory.putShort(record + MappingLayout.INSIDE_PORT_OFFSET, (short) port);
        Memory.putShort(record + MappingLayout.OUTSIDE_PORT_OFFSET, (short) outsidePort);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, 0);
        Memory.putInt(record + MappingLayout.RESTS_SINCE_OFFSET, 0);
        Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
        Memory.putInt(companion(mapping) + MappingCompanionLayout.HOST_OFFSET, host);
        MappingRecord.publish(record, realm, protocol, MappingLayout.FLAG_TAKEN);
        return mapping;
    }

    int capacity() {
        return capacity;
    }

    /** Counts a record of an earlier process as taken, without sessions. */
    void keep(final int mapping, final int host) {
        final long record = record(mapping);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, 0);
        Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
        if (!MappingRecord.isResting(record)) {
            Memory.putInt(record + MappingLayout.UNANSWERED, 0);
        }
        Memory.putInt(companion(mapping) + MappingCompanionLayout.HOST_OFFSET, host);
        taken++;
    }

    /** Chains the free records, the first of them first, when all that are kept are. */
    void chainFree() {
        freeChain = -1;
        untouched = capacity;
        for (int mapping = capacity - 1; mapping >= 0; mapping--) {
            if (MappingRecord.flags(record(mapping)) == 0) {
                chainFree(mapping);
            }
        }
    }

    private void chainFree(final int mapping) {
        Memory.putInt(record(mapping) + MappingLayout.NEWER_OFFSET, freeChain + 1);
        freeChain = mapping;
    }

    private int take() {
        taken++;
        if (freeChain < 0) {
            return untouched++;
        }
        final int mapping = freeChain;
        freeChain = Memory.intAt(record(mapping) + MappingLayout.NEWER_OFFSET) - 1;
        return mapping;
    }

    /** Touches the record that is taken next; the value means nothing. */
    long touchFree() {
        final int mapping = freeChain >= 0 ? freeChain : Math.min(untouched, capacity - 1);
        return Memory.longAt(record(mapping)) + Memory.longAt(companion(mapping));
    }

    void free(final int mapping) {
        final long record = record(mapping);
        MappingRecord.publishFlags(record, 0);
        // The next mapping's fields come after that, and its flags after these.
        SharedWord.writeFence();
        chainFree(mapping);
        taken--;
    }

    long bytes() {
        return slab.bytes() + companions.bytes();
    }

    @Override
    public void close() {
        companions.close();
        slab.close();
    }
}
