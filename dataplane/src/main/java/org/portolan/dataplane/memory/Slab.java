package org.portolan.dataplane.memory;

import org.portolan.dataplane.system.LibcMemory;

/**
 * One fixed piece of zeroed off-heap memory, on huge pages where the kernel gives them, touched at allocation so that
 * no
 * later access faults. Owned by who allocates it; {@link #close} gives it back and no address in it may be used after.
 */
public final class Slab implements AutoCloseable {
    private static final long HUGE_PAGE_BYTES = 2L << 20;

    private final long mapping;
    private final long mappedBytes;
    private final long address;
    private final long bytes;
    private final boolean huge;
    private boolean closed;

    private Slab(final long mapping, final long mappedBytes, final long address, final long bytes, final boolean huge) {
        this.mapping = mapping;
        this.mappedBytes = mappedBytes;
        this.address = address;
        this.bytes = bytes;
        this.huge = huge;
    }

    /**
     * @param bytes at least 1
     * @param purpose named in the error when there is no memory
     */
    public static Slab allocate(final long bytes, final String purpose) {
        final boolean large = bytes >= HUGE_PAGE_BYTES;
        final long rounded = roundUp(bytes, large ? HUGE_PAGE_BYTES : 4096);
        final long mappedBytes = large ? rounded + HUGE_PAGE_BYTES : rounded;
        final long mapping = LibcMemory.mmap(
                mappedBytes,
                LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
                LibcMemory.MAP_PRIVATE | LibcMemory.MAP_ANONYMOUS,
                -1,
                0,
                purpose);
        final long address = large ? roundUp(mapping, HUGE_PAGE_BYTES) : mapping;
        final boolean huge = large && LibcMemory.madvise(address, rounded, LibcMemory.MADV_HUGEPAGE) == 0;
        Regions.add(address, bytes);
        final Slab slab = new Slab(mapping, mappedBytes, address, bytes, huge);
        slab.touch();
        return slab;
    }

    private static long roundUp(final long value, final long multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    private void touch() {
        for (long at = 0; at < bytes; at += 4096) {
            Memory.putU8(address + at, 0);
        }
    }

    public long address() {
        return address;
    }

    public long bytes() {
        return bytes;
    }

    /** Whether the kernel took the advice to back this with huge pages. */
    public boolean huge() {
        return huge;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Regions.remove(address);
            LibcMemory.munmap(mapping, mappedBytes);
        }
    }
}
