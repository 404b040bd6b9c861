package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;

/**
 * What is known of the two sides of a TCP connection, by the addresses of its session's line and companion; the fields
 * are {@link CompanionLayout}'s and, for the scales, {@link SessionLayout}'s.
 *
 * <p>A side with the window 0 has not been heard, and nothing else about it is known: a window of 0 is noted as 1.
 */
final class TcpNumbers {
    /** In a scale's byte: the SYN had no such option. The scale is 0 then, for both sides. */
    static final int NO_SCALE = 0x80;

    static final int LARGEST_WINDOW = 0xFFFF;

    static final int SCALE_MASK = 0x0F;
    private static final int INCOMING = SessionState.TCP_INCOMING.code;
    private static final int CLOSED = SessionState.TCP_CLOSED.code;

    private TcpNumbers() {}

    /** Begins with a side, which may send up to a window that no scale has made larger. */
    static void hear(final long companion, final int state, final int side, final int end, final int window) {
        putEnd(companion, side, end);
        putWindow(companion, side, window);
        if (hasEdge(state, side)) {
            putEdge(companion, side, end + LARGEST_WINDOW);
        }
    }

    /** Writes the edges that one state has no room for and the next one has. */
    static void restoreEdges(final long line, final long companion, final int before, final int after) {
        for (int side = Match.ORIGINAL; side <= Match.REPLY; side++) {
            if (!hasEdge(before, side) && hasEdge(after, side)) {
                putEdge(companion, side, edge(line, companion, before, side));
            }
        }
    }

    /** Whether a side's edge is noted in this state. */
    private static boolean hasEdge(final int state, final int side) {
        return state != CLOSED && (state != INCOMING || side == Match.ORIGINAL);
    }

    /** The right edge: the number after the last that a side may send. */
    static int edge(final long line, final long companion, final int state, final int side) {
        return hasEdge(state, side)
                ? Memory.intAt(companion + CompanionLayout.ORIGINAL_EDGE_OFFSET + side * Integer.BYTES)
                : end(companion, side) + Math.max(LARGEST_WINDOW, scaled(line, companion, side ^ 1));
    }

    /** The same in the state TCP_ESTABLISHED. */
    static int establishedEdge(final long companion, final int side) {
        return Memory.intAt(companion + CompanionLayout.ORIGINAL_EDGE_OFFSET + side * Integer.BYTES);
    }

    static void putEdge(final long companion, final int side, final int edge) {
        Memory.putInt(companion + CompanionLayout.ORIGINAL_EDGE_OFFSET + side * Integer.BYTES, edge);
    }

    static void raiseEdge(final long companion, final int state, final int side, final int edge) {
        final long at = companion + CompanionLayout.ORIGINAL_EDGE_OFFSET + side * Integer.BYTES;
        if (hasEdge(state, side) && edge - Memory.intAt(at) > 0) {
            Memory.putInt(at, edge);
        }
    }

    /** The number after the last that a side has sent; means something if the side is heard. */
    static int end(final long companion, final int side) {
        return Memory.intAt(companion + CompanionLayout.ORIGINAL_END_OFFSET + side * Integer.BYTES);
    }

    static void putEnd(final long companion, final int side, final int end) {
        Memory.putInt(companion + CompanionLayout.ORIGINAL_END_OFFSET + side * Integer.BYTES, end);
    }

    static void raiseEnd(final long companion, final int side, final int end) {
        if (end - end(companion, side) > 0) {
            putEnd(companion, side, end);
        }
    }

    static boolean isHeard(final long companion, final int side) {
        return window(companion, side) != 0;
    }

    /** As it was offered, unscaled; 0 while nothing is known of the side. */
    static int window(final long companion, final int side) {
        return Memory.shortAt(companion + CompanionLayout.ORIGINAL_WINDOW_OFFSET + side * Short.BYTES) & 0xFFFF;
    }

    static void putWindow(final long companion, final int side, final int window) {
        Memory.putShort(companion + CompanionLayout.ORIGINAL_WINDOW_OFFSET + side * Short.BYTES, (short) window);
    }

    static long scaleAddress(final long line, final int side) {
        return line + SessionLayout.ORIGINAL_SCALE_OFFSET + side;
    }

    static int scale(final long line, final int side) {
        return Memory.u8(scaleAddress(line, side)) & SCALE_MASK;
    }

    static int scaled(final long line, final long companion, final int side) {
        return window(companion, side) << scale(line, side);
    }
}
