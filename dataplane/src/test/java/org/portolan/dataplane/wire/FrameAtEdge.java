package org.portolan.dataplane.wire;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Regions;
import org.portolan.dataplane.system.LibcMemory;

/**
 * A place for one frame whose last byte is the last legal byte: in the checked build a read beyond the frame throws.
 * In the plain build {@link #trail} fills what follows, so that a test can see whether those bytes changed an answer.
 */
public final class FrameAtEdge implements AutoCloseable {
    private static final int CAPACITY_BYTES = 256 * 1024;
    private static final int TRAIL_BYTES = 128;

    private final long mapping = LibcMemory.mmap(
            CAPACITY_BYTES,
            LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
            LibcMemory.MAP_PRIVATE | LibcMemory.MAP_ANONYMOUS,
            -1,
            0,
            "frame under test");
    private final long edge = mapping + CAPACITY_BYTES - TRAIL_BYTES;
    private long region;

    /** Copies the frame so that it ends at the edge; the one before is gone. Returns its first byte's address. */
    public long place(final byte[] frame) {
        forget();
        final long address = edge - frame.length;
        if (frame.length > 0) {
            Regions.add(address, frame.length);
            region = address;
            Memory.copy(frame, 0, address, frame.length);
        }
        return address;
    }

    /** Fills the bytes after the edge, where the build lets anyone touch them. */
    public void trail(final int value) {
        if (!Memory.CHECKED) {
            for (int at = 0; at < TRAIL_BYTES; at++) {
                Memory.putU8(edge + at, value);
            }
        }
    }

    /** The bytes as they stand now, from {@code address} to the edge. */
    public byte[] read(final long address) {
        final byte[] bytes = new byte[(int) (edge - address)];
        Memory.copy(address, bytes, 0, bytes.length);
        return bytes;
    }

    private void forget() {
        if (region != 0) {
            Regions.remove(region);
            region = 0;
        }
    }

    @Override
    public void close() {
        forget();
        LibcMemory.munmap(mapping, CAPACITY_BYTES);
    }
}
