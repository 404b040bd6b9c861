package org.portolan.bench.traffic;

import org.portolan.dataplane.memory.Memory;

/**
 * The payload of a test frame.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |            Intended send time, CLOCK_REALTIME, ns             |
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                       Sequence number                         |
 * +---------------+-----------------------------------------------+
 * |      Run      |                     Flow                      |
 * +---------------+---------------+-------------------------------+
 * |             Mark              |  Filler, a function of place  |
 * +-------------------------------+-------------------------------+
 * </pre>
 *
 * <p>18 bytes are what a frame of 60 has room for behind its UDP header. The mark is a hash of all that stands before
 * it and of the payload's length: an error that an Internet checksum would not see, such as two words that changed
 * places, does not pass. Its last byte is zero in one frame of 256, whatever the flow: those are the sample.
 */
public final class Probe {
    public static final int INTENDED_OFFSET = 0;
    public static final int SEQUENCE_OFFSET = 8;
    public static final int RUN_OFFSET = 12;
    public static final int MARK_OFFSET = 16;

    /** The byte that is zero in a sampled frame. */
    static final int SAMPLE_OFFSET = MARK_OFFSET + 1;

    /** One frame of so many is sampled. */
    public static final int SAMPLE = 256;

    /** Without filler. */
    public static final int BYTES = 18;

    static final int FLOW_MASK = 0xFF_FFFF;

    private Probe() {}

    /** When the frame was due, CLOCK_REALTIME, ns. */
    public static long intendedNs(final long probe) {
        return (long) Memory.u32(probe + INTENDED_OFFSET) << 32
                | Memory.u32(probe + INTENDED_OFFSET + 4) & 0xFFFF_FFFFL;
    }

    /** The low 32 bits of the frame's number in its run, from 0. */
    public static int sequence(final long probe) {
        return Memory.u32(probe + SEQUENCE_OFFSET);
    }

    /** The low 8 bits of the run's number. */
    public static int run(final long probe) {
        return Memory.u8(probe + RUN_OFFSET);
    }

    public static int flow(final long probe) {
        return Memory.u32(probe + RUN_OFFSET) & FLOW_MASK;
    }

    static int runAndFlow(final int run, final int flow) {
        return run << 24 | flow;
    }

    /**
     * Writes all but the filler.
     *
     * @param length of the whole payload, bytes
     * @return the one's complement sum of what was written, not folded
     */
    static long put(
            final long probe, final int length, final long intendedNs, final int sequence, final int runAndFlow) {
        final int mark = mark(length, intendedNs, sequence, runAndFlow);
        Memory.putU32(probe + INTENDED_OFFSET, (int) (intendedNs >>> 32));
        Memory.putU32(probe + INTENDED_OFFSET + 4, (int) intendedNs);
        Memory.putU32(probe + SEQUENCE_OFFSET, sequence);
        Memory.putU32(probe + RUN_OFFSET, runAndFlow);
        Memory.putU16(probe + MARK_OFFSET, mark);
        return (intendedNs >>> 32)
                + (intendedNs & 0xFFFF_FFFFL)
                + (sequence & 0xFFFF_FFFFL)
                + (runAndFlow & 0xFFFF_FFFFL)
                + mark;
    }

    private static int mark(final int length, final long intendedNs, final int sequence, final int runAndFlow) {
        long hash = (intendedNs ^ (long) runAndFlow << 32 ^ length) * 0x9E37_79B9_7F4A_7C15L + sequence;
        hash = (hash ^ hash >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (hash >>> 48);
    }

    /** Writes filler up to {@code length} bytes of payload. */
    static void putFiller(final long probe, final int length) {
        for (int at = BYTES; at < length; at++) {
            Memory.putU8(probe + at, filler(at));
        }
    }

    private static int filler(final int at) {
        return at * 31 + 7 & 0xFF;
    }

    /** Whether mark and filler are what they should be. */
    static boolean isWhole(final long probe, final int length) {
        if (length < BYTES
                || Memory.u16(probe + MARK_OFFSET)
                        != mark(length, intendedNs(probe), sequence(probe), Memory.u32(probe + RUN_OFFSET))) {
            return false;
        }
        for (int at = BYTES; at < length; at++) {
            if (Memory.u8(probe + at) != filler(at)) {
                return false;
            }
        }
        return true;
    }
}
