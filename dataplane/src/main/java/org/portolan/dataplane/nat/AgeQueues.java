package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.memory.Memory;

/**
 * First-in first-out queues of records, chained through two words of the records themselves, so that a record leaves
 * from anywhere in constant time. Each record has a stamp in memory that grows, or stays, from a queue's oldest to its
 * newest: the oldest of all queues is found in an array of the first stamps.
 *
 * <p>{@link MappingTable} queues resting mappings by it, {@link ClosedSessions} closed sessions. One worker uses it.
 */
final class AgeQueues {
    private static final int NONE = -1;

    /**
     * Where the records keep what a queue needs: addresses of record 0's fields, and the bytes from one record to the
     * next. A chain word holds a record's index + 1, 0 for none.
     */
    record Fields(long older, long newer, int recordBytes, long stamp, int stampBytes) {}

    private final Fields fields;
    private final int[] oldest;
    private final int[] newest;

    /**
     * Stamp of each queue's oldest, {@link Long#MAX_VALUE} for an empty one: a scan over queues stays in this array.
     */
    private final long[] oldestStamp;

    private int size;
    private int sweep;

    AgeQueues(final int queues, final Fields fields) {
        this.fields = fields;
        oldest = new int[queues];
        newest = new int[queues];
        oldestStamp = new long[queues];
        Arrays.fill(oldest, NONE);
        Arrays.fill(newest, NONE);
        Arrays.fill(oldestStamp, Long.MAX_VALUE);
    }

    /** Records in all queues. */
    int size() {
        return size;
    }

    /** The record that is in a queue for longest, or -1. */
    int oldest(final int queue) {
        return oldest[queue];
    }

    /** The record that came into the same queue next after this one, or -1. */
    int newer(final int index) {
        return Memory.intAt(newerWord(index)) - 1;
    }

    /** Stamp of a queue's oldest; {@link Long#MAX_VALUE} when the queue is empty. */
    long oldestStamp(final int queue) {
        return oldestStamp[queue];
    }

    /**
     * The queue from one number up to another (exclusive) whose oldest has the least stamp; any of them when all are
     * empty. Looks at each: about 1 ns a queue.
     */
    int oldestQueue(final int from, final int to) {
        int best = from;
        for (int queue = from + 1; queue < to; queue++) {
            if (oldestStamp[queue] < oldestStamp[best]) {
                best = queue;
            }
        }
        return best;
    }

    /** Takes the queues below a number in turn, one a call, and returns the oldest of this call's one, or -1. */
    int oldestOfNextQueue(final int to) {
        sweep = sweep + 1 < to ? sweep + 1 : 0;
        return oldest[sweep];
    }

    /** Adds a record as a queue's newest; its stamp is written. */
    void add(final int queue, final int index) {
        Memory.putInt(olderWord(index), newest[queue] + 1);
        Memory.putInt(newerWord(index), 0);
        if (newest[queue] == NONE) {
            oldest[queue] = index;
            oldestStamp[queue] = stamp(index);
        } else {
            Memory.putInt(newerWord(newest[queue]), index + 1);
        }
        newest[queue] = index;
        size++;
    }

    /** Removes a record from the queue that it is in. */
    void remove(final int queue, final int index) {
        final int older = Memory.intAt(olderWord(index)) - 1;
        final int newer = newer(index);
        if (older == NONE) {
            oldest[queue] = newer;
            oldestStamp[queue] = newer == NONE ? Long.MAX_VALUE : stamp(newer);
        } else {
            Memory.putInt(newerWord(older), newer + 1);
        }
        if (newer == NONE) {
            newest[queue] = older;
        } else {
            Memory.putInt(olderWord(newer), older + 1);
        }
        size--;
    }

    private long olderWord(final int index) {
        return fields.older + (long) index * fields.recordBytes;
    }

    private long newerWord(final int index) {
        return fields.newer + (long) index * fields.recordBytes;
    }

    private long stamp(final int index) {
        return Memory.intAt(fields.stamp + (long) index * fields.stampBytes) & 0xFFFF_FFFFL;
    }
}
