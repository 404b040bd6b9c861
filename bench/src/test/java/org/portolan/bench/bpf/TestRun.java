package org.portolan.bench.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.LibcException;

/**
 * What an XDP program did with a frame.
 *
 * @param verdict what it returned, {@code XDP_PASS} and so on
 * @param frame the frame as it left it
 * @param meanNs time of one run, by the kernel's clock
 */
record TestRun(int verdict, byte[] frame, int meanNs) {
    private static final int ATTRIBUTE_BYTES = 80;

    /**
     * Runs a program over a copy of {@code frame}, which goes nowhere. Each of several runs gets what the one before
     * left.
     *
     * @param frame 14 bytes or more
     */
    static TestRun of(final int program, final byte[] frame, final int repeat) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out = arena.allocate(frame.length);
            final MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
            attribute.set(JAVA_INT, 0, program);
            attribute.set(JAVA_INT, 8, frame.length);
            attribute.set(JAVA_INT, 12, frame.length);
            attribute.set(JAVA_LONG, 16, arena.allocateFrom(JAVA_BYTE, frame).address());
            attribute.set(JAVA_LONG, 24, out.address());
            attribute.set(JAVA_INT, 32, repeat);
            final long result = Bpf.call(Bpf.BPF_PROG_TEST_RUN, attribute.address(), ATTRIBUTE_BYTES);
            if (result < 0) {
                throw new LibcException(
                        "bpf(BPF_PROG_TEST_RUN, %d bytes, %d times)".formatted(frame.length, repeat),
                        (int) -result,
                        Bpf.remedy((int) -result));
            }
            return new TestRun(attribute.get(JAVA_INT, 4), out.toArray(JAVA_BYTE), attribute.get(JAVA_INT, 36));
        }
    }
}
