package org.portolan.bench.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.portolan.dataplane.system.Bpf;

/**
 * An XDP program that sends: each run gets a frame of the kernel's, and what the program says becomes of it
 * (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18; net/bpf/test_run.c). Device numbers that the
 * program redirects to are looked up in the network namespace of the thread that calls {@link #run}.
 *
 * <p>The kernel writes the frame once into each page and takes pages back when they are free: a program finds what
 * an earlier run left, and has to write every field that changes. One thread uses it.
 */
final class LiveFrames implements AutoCloseable {
    private static final int BPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1;
    private static final int ATTRIBUTE_BYTES = 80;
    private static final int REPEAT = 32;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);

    /**
     * @param program descriptor; stays the caller's
     * @param frame 14 bytes or more, less than a page by the kernel's head and tail room (about 700 bytes)
     * @param batch frames between two flushes to the device, at most 256
     */
    LiveFrames(final int program, final byte[] frame, final int batch) {
        attribute.set(JAVA_INT, 0, program);
        attribute.set(JAVA_INT, 8, frame.length);
        attribute.set(JAVA_LONG, 16, arena.allocateFrom(JAVA_BYTE, frame).address());
        attribute.set(JAVA_INT, 64, BPF_F_TEST_XDP_LIVE_FRAMES);
        attribute.set(JAVA_INT, 72, batch);
    }

    /** Runs the program {@code repeat} times; 0, or the negated errno: EINVAL before Linux 5.18, EINTR at a signal. */
    int run(final int repeat) {
        attribute.set(JAVA_INT, REPEAT, repeat);
        return (int) Bpf.call(Bpf.BPF_PROG_TEST_RUN, attribute.address(), ATTRIBUTE_BYTES);
    }

    @Override
    public void close() {
        arena.close();
    }
}
