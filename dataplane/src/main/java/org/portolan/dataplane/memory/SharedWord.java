package org.portolan.dataplane.memory;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Words that one thread writes and others read. The name says the memory ordering:
 *
 * <table>
 * <caption>orderings</caption>
 * <tr><th>call</th><th>ordering</th><th>who calls</th></tr>
 * <tr><td>publish</td><td>release: all earlier writes are visible to who observes this value</td><td>the one
 * writer</td></tr>
 * <tr><td>observe</td><td>acquire: all later reads see what was written before the publish</td><td>readers</td></tr>
 * <tr><td>peek</td><td>plain</td><td>the writer itself, or a hint that is checked again</td></tr>
 * </table>
 *
 * <p>Addresses are aligned to the word's size.
 */
public final class SharedWord {
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG);

    private SharedWord() {}

    private static VarHandle handle(final ValueLayout layout) {
        return MethodHandles.insertCoordinates(layout.varHandle(), 0, Memory.ALL)
                .withInvokeExactBehavior();
    }

    public static void publishInt(final long address, final int value) {
        INT.setRelease(Memory.at(address, 4), value);
    }

    public static int observeInt(final long address) {
        return (int) INT.getAcquire(Memory.at(address, 4));
    }

    public static int peekInt(final long address) {
        return (int) INT.get(Memory.at(address, 4));
    }

    public static void publishLong(final long address, final long value) {
        LONG.setRelease(Memory.at(address, 8), value);
    }

    public static long observeLong(final long address) {
        return (long) LONG.getAcquire(Memory.at(address, 8));
    }

    public static long peekLong(final long address) {
        return (long) LONG.get(Memory.at(address, 8));
    }

    /** Orders the reads before this call before the reads after it: the second half of a seqlock's reader. */
    public static void readFence() {
        VarHandle.loadLoadFence();
    }

    /** Orders the writes before this call before the writes after it: the first half of a seqlock's writer. */
    public static void writeFence() {
        VarHandle.storeStoreFence();
    }

    /**
     * Orders everything before this call before everything after it, a write before a later read included: for two
     * threads' flags.
     */
    public static void fullFence() {
        VarHandle.fullFence();
    }
}
