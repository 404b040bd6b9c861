package org.portolan.dataplane.worker;

import java.util.Arrays;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.Fragments;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Fragments that came before the first one of their datagram, copied into the worker's {@link FramePool}: this table
 * has them by datagram, in the order of their offsets, and owns them while they wait. Each side has half of the room,
 * each sender a quarter of a side's. Nothing is allocated after construction.
 */
final class EarlyFragments {
    private static final int NONE = FramePool.NONE;

    /** Of the frames of a side, those that may be of one sender: one in so many. */
    private static final int SHARE = 4;

    private final FramePool pool;
    private final Fragments fragments;
    private final int mostOfSide;
    private final int[] sideHeld = new int[2];
    private final int[] sourceHeld = new int[Fragments.SOURCES];

    /** First slot of each datagram. */
    private final int[] heads;

    // By the pool's slots.
    private final int[] next;
    private final int[] lengths;

    EarlyFragments(final FramePool pool, final Fragments fragments, final FragmentLimits limits) {
        this.pool = pool;
        this.fragments = fragments;
        mostOfSide = limits.waiting() / 2;
        heads = new int[limits.datagrams()];
        Arrays.fill(heads, NONE);
        next = new int[pool.slots()];
        lengths = new int[pool.slots()];
    }

    /** Whether the sender of a datagram has as many waiting as it may. */
    boolean isSourceFull(final int datagram) {
        return sourceHeld[fragments.sourceOf(datagram)] >= mostOfSide / SHARE;
    }

    /** Whether no more may wait of what comes from the side of a datagram. */
    boolean isSideFull(final int datagram) {
        return sideHeld[side(datagram)] >= mostOfSide;
    }

    /**
     * Copies a fragment, behind an Ethernet header, as its sender made it. Its sender and its side have room.
     *
     * @param length bytes of both headers and the payload
     * @return whether it waits; not when it is longer than a slot, or none is free
     */
    boolean hold(final int datagram, final long frame, final int length) {
        final int slot = length > pool.frameBytes() ? NONE : pool.take();
        if (slot == NONE) {
            return false;
        }
        Memory.copy(frame, pool.address(slot), length);
        pool.hold(slot);
        lengths[slot] = length;
        final int offset = offset(slot);
        int before = NONE;
        int after = heads[datagram];
        while (after != NONE && offset(after) < offset) {
            before = after;
            after = next[after];
        }
        next[slot] = after;
        if (before == NONE) {
            heads[datagram] = slot;
        } else {
            next[before] = slot;
        }
        sideHeld[side(datagram)]++;
        sourceHeld[fragments.sourceOf(datagram)]++;
        return true;
    }

    private int offset(final int slot) {
        return Ipv4.fragmentOffset(pool.address(slot) + Ethernet.HEADER_BYTES);
    }

    /** Whether fragments of a datagram wait. */
    boolean isWaiting(final int datagram) {
        return heads[datagram] != NONE;
    }

    /** Ends the wait of a datagram's fragment with the lowest offset: the pipeline has it again, as it came. */
    void resume(final int datagram, final Frame frame) {
        final int slot = heads[datagram];
        heads[datagram] = next[slot];
        sideHeld[side(datagram)]--;
        sourceHeld[fragments.sourceOf(datagram)]--;
        pool.resume(slot);
        frame.set(pool, slot, lengths[slot], 0);
    }

    /** The pipeline is done with a fragment that was resumed. */
    void release(final Frame frame) {
        pool.release(frame.slot());
    }

    /** How many wait. */
    int size() {
        return sideHeld[0] + sideHeld[1];
    }

    private int side(final int datagram) {
        return fragments.isFromOutside(datagram) ? 1 : 0;
    }
}
