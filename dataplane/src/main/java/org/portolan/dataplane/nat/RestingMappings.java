package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;

/**
 * The mappings without a session whose port rests, the longest resting first: one queue for each port class of each
 * protocol of each outside address, as a new mapping can only use a port of these. The chain runs through the records.
 *
 * <p>A record keeps when its rest began; when it is over depends on the policy of the moment. One worker uses it.
 */
final class RestingMappings {
    /** Of one address: for each protocol one for ports below 1024, and one for the others. */
    private static final int QUEUES = 2 * PortMemory.PROTOCOLS;

    /** Numbers that one call looks at for an address that drains. */
    private static final int LOOKS_FOR_A_DRAINING = 64;

    private final MappingSlab records;
    private final AgeQueues queues;
    private final PoolCounts counts;
    private OutsideAddresses addresses;
    private int restS;
    private int nextDrained;

    RestingMappings(final MappingSlab records, final int maxAddresses, final PoolCounts counts) {
        this.records = records;
        this.counts = counts;
        queues = new AgeQueues(
                QUEUES * maxAddresses,
                new AgeQueues.Fields(
                        records.record(0) + MappingLayout.OLDER_OFFSET,
                        records.record(0) + MappingLayout.NEWER_OFFSET,
                        MappingLayout.RECORD_BYTES,
                        records.record(0) + MappingLayout.RESTS_SINCE_OFFSET,
                        MappingLayout.RECORD_BYTES));
    }

    void adopt(final Policy policy) {
        addresses = policy.addresses();
        restS = policy.timeouts().portRestS();
        nextDrained = 0;
    }

    int size() {
        return queues.size();
    }

    /** Whether ports rest at all. */
    boolean isUsed() {
        return restS > 0;
    }

    /** Lets a mapping rest that has lost its last session. */
    void add(final int mapping, final int nowS) {
        final long record = records.record(mapping);
        Memory.putInt(record + MappingLayout.RESTS_SINCE_OFFSET, nowS);
        MappingRecord.publishFlags(record, MappingRecord.flags(record) | MappingLayout.FLAG_RESTING);
        queues.add(queueOf(record), mapping);
        count(record, 1);
    }

    /** Ends the rest of a mapping, which then has no session. */
    void remove(final int mapping) {
        final long record = records.record(mapping);
        queues.remove(queueOf(record), mapping);
        count(record, -1);
        MappingRecord.publishFlags(record, MappingRecord.flags(record) & ~MappingLayout.FLAG_RESTING);
        Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
    }

    private void count(final long record, final int more) {
        final int number = addresses.numberOf(MappingRecord.outsideAddress(record));
        counts.addResting(number, MappingRecord.protocol(record), more);
    }

    /** Whether a resting mapping's rest is not over. */
    boolean rests(final int mapping, final int nowS) {
        return nowS - MappingRecord.restsSinceS(records.record(mapping)) < restS;
    }

    /** The longest resting mapping of all, or -1. */
    int oldest() {
        return queues.oldest(queues.oldestQueue(0, QUEUES * addresses.numbers()));
    }

    /** The mapping whose rest began next in the same queue, or -1. */
    int newer(final int mapping) {
        return queues.newer(mapping);
    }

    /** The longest resting mapping on an address's ports of one protocol and class, or -1. */
    int oldest(final int number, final int protocol, final boolean privileged) {
        return queues.oldest(queue(number, protocol, privileged));
    }

    /** As {@link #oldest(int, int, boolean)}, if its rest is over. */
    int rested(final int number, final int protocol, final boolean privileged, final int nowS) {
        final int queue = queue(number, protocol, privileged);
        return queues.oldestStamp(queue) <= (long) nowS - restS ? queues.oldest(queue) : -1;
    }

    /** Takes the queues in turn, one a call: the longest resting mapping of this call's one, if its rest is over. */
    int nextRested(final int nowS) {
        final int mapping = queues.oldestOfNextQueue(QUEUES * addresses.numbers());
        return mapping < 0 || rests(mapping, nowS) ? -1 : mapping;
    }

    /** A mapping on an address that drains, or -1: the addresses are looked at in turn, a bounded number a call. */
    int nextDraining() {
        if (addresses.draining() == 0) {
            return -1;
        }
        for (int i = 0; i < LOOKS_FOR_A_DRAINING; i++) {
            final int mapping = addresses.isDraining(nextDrained) ? oldestOn(nextDrained) : -1;
            if (mapping >= 0) {
                return mapping;
            }
            nextDrained = nextDrained + 1 < addresses.numbers() ? nextDrained + 1 : 0;
        }
        return -1;
    }

    private int oldestOn(final int number) {
        final int first = QUEUES * number;
        return queues.oldest(queues.oldestQueue(first, first + QUEUES));
    }

    private static int queue(final int number, final int protocol, final boolean privileged) {
        return QUEUES * number + 2 * PortMemory.index(protocol) + (privileged ? 0 : 1);
    }

    private int queueOf(final long record) {
        final int protocol = MappingRecord.protocol(record);
        final boolean privileged = OutsidePorts.isPrivileged(protocol, MappingRecord.outsidePort(record));
        return queue(addresses.numberOf(MappingRecord.outsideAddress(record)), protocol, privileged);
    }
}
