package org.portolan.bench.traffic;

import java.util.Arrays;
import java.util.List;
import org.portolan.bench.lab.LabException;

/**
 * How long frames are. Sizes are Ethernet's as RFC 2544 section 9.1 counts them, with the check sequence of 4 bytes
 * that a buffer never sees: {@code bytes} below are without it.
 */
public final class FrameSize {
    /** RFC 2544's for Ethernet. 1,518 fills an MTU of 1,500 bytes. */
    public static final List<FrameSize> FIXED =
            List.of(fixed(64), fixed(128), fixed(256), fixed(512), fixed(1024), fixed(1280), fixed(1518));

    /**
     * 7 parts of 64, 4 of 570 and 1 of 1,518: FD.io CSIT's IMIX_v4_1 (its methodology, "Data Plane Throughput": 28 x
     * 64, 16 x 570, 4 x 1,518), so that figures stand beside VPP's.
     */
    public static final FrameSize IMIX = new FrameSize("IMIX", 64, 570, 64, 64, 570, 64, 570, 64, 64, 570, 64, 1518);

    private static final int CHECK_SEQUENCE_BYTES = 4;
    private static final int LEAST = 64;
    private static final int MOST = 1518;

    /** Bytes in the buffer of the longest frame of all. */
    static final int MOST_BYTES = MOST - CHECK_SEQUENCE_BYTES;

    private final String name;
    private final int[] pattern;

    private FrameSize(final String name, final int... sizes) {
        this.name = name;
        pattern = Arrays.stream(sizes).map(size -> size - CHECK_SEQUENCE_BYTES).toArray();
    }

    private static FrameSize fixed(final int size) {
        return new FrameSize(Integer.toString(size), size);
    }

    /** {@code imix}, or a size from 64 to 1,518. */
    public static FrameSize of(final String text) {
        if (text.equalsIgnoreCase(IMIX.name)) {
            return IMIX;
        }
        if (text.matches("\\d{2,4}") && Integer.parseInt(text) >= LEAST && Integer.parseInt(text) <= MOST) {
            return fixed(Integer.parseInt(text));
        }
        throw new LabException(
                "frame size: imix, or %d to %d with the check sequence, not %s".formatted(LEAST, MOST, text));
    }

    /** How many frames until the sizes come round. */
    int patternLength() {
        return pattern.length;
    }

    /** Bytes in the buffer of a frame at this place of the pattern. */
    int bytes(final int place) {
        return pattern[place];
    }

    /** Bytes in the buffer on the average. */
    public double meanBytes() {
        return Arrays.stream(pattern).average().orElseThrow();
    }

    /** Bytes in the buffer of the longest. */
    public int longestBytes() {
        return Arrays.stream(pattern).max().orElseThrow();
    }

    /** {@code 64} or {@code IMIX}. */
    @Override
    public String toString() {
        return name;
    }
}
