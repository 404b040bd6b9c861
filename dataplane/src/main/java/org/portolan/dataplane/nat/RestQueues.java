package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.memory.Memory;

/**
 * The resting mappings, first in first out: one queue for each space and port class, because who looks for a port
 * can only use one of the same address, protocol and class. All rest equally long, so the first of a queue is the
 * first to be free. The chain runs through the mapping records ({@link MappingLayout}); a mapping leaves from the
 * middle when its inside endpoint speaks again.
 */
final class RestQueues {
    private static final int NONE = -1;

    private final long firstRecord;
    private final int[] oldest;
    private final int[] newest;

    /**
     * Rest-until of each queue's oldest, {@link Integer#MAX_VALUE} for an empty one: a scan over queues stays in
     * this array.
     */
    private final int[] oldestUntilS;

    private int size;
    private int sweep;

    /** @param firstRecord address of mapping 0's record */
    RestQueues(final int queues, final long firstRecord) {
        this.firstRecord = firstRecord;
        oldest = new int[queues];
        newest = new int[queues];
        oldestUntilS = new int[queues];
        Arrays.fill(oldest, NONE);
        Arrays.fill(newest, NONE);
        Arrays.fill(oldestUntilS, Integer.MAX_VALUE);
    }

    int size() {
        return size;
    }

    /** The mapping that rests longest in a queue, or -1. */
    int oldest(final int queue) {
        return oldest[queue];
    }

    /** When the oldest of a queue has rested, seconds; {@link Integer#MAX_VALUE} when the queue is empty. */
    int oldestUntilS(final int queue) {
        return oldestUntilS[queue];
    }

    /** The mapping that rests longest of all, or -1. Looks at every queue: 2 ns for each outside address. */
    int oldestOfAll() {
        int best = 0;
        for (int queue = 1; queue < oldestUntilS.length; queue++) {
            if (oldestUntilS[queue] < oldestUntilS[best]) {
                best = queue;
            }
        }
        return oldest[best];
    }

    /** Takes the queues in turn, one a call, and returns the oldest of this call's one, or -1. */
    int oldestOfNextQueue() {
        sweep = sweep + 1 < oldest.length ? sweep + 1 : 0;
        return oldest[sweep];
    }

    void add(final int queue, final int mapping, final int untilS) {
        final long record = record(mapping);
        Memory.putInt(record + MappingLayout.REST_UNTIL_OFFSET, untilS);
        Memory.putInt(record + MappingLayout.OLDER_OFFSET, newest[queue] + 1);
        Memory.putInt(record + MappingLayout.NEWER_OFFSET, 0);
        if (newest[queue] == NONE) {
            oldest[queue] = mapping;
            oldestUntilS[queue] = untilS;
        } else {
            Memory.putInt(record(newest[queue]) + MappingLayout.NEWER_OFFSET, mapping + 1);
        }
        newest[queue] = mapping;
        size++;
    }

    void remove(final int queue, final int mapping) {
        final long record = record(mapping);
        final int older = Memory.intAt(record + MappingLayout.OLDER_OFFSET) - 1;
        final int newer = Memory.intAt(record + MappingLayout.NEWER_OFFSET) - 1;
        if (older == NONE) {
            oldest[queue] = newer;
            oldestUntilS[queue] =
                    newer == NONE ? Integer.MAX_VALUE : Memory.intAt(record(newer) + MappingLayout.REST_UNTIL_OFFSET);
        } else {
            Memory.putInt(record(older) + MappingLayout.NEWER_OFFSET, newer + 1);
        }
        if (newer == NONE) {
            newest[queue] = older;
        } else {
            Memory.putInt(record(newer) + MappingLayout.OLDER_OFFSET, older + 1);
        }
        size--;
    }

    private long record(final int mapping) {
        return firstRecord + (long) mapping * MappingLayout.RECORD_BYTES;
    }
}
