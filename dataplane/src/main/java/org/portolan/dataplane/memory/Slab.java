package org.portolan.dataplane.memory;

import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcMemory;
import org.portolan.dataplane.system.MappedFile;

/**
 * One fixed piece of off-heap memory, touched when it is made so that no later access faults. {@link #close} gives it
 * back, and no address in it may be used after.
 *
 * <p>It is zeroed anonymous memory ({@link #allocate}), on huge pages where the kernel gives them; or a file on tmpfs
 * or hugetlbfs ({@link #open}), whose records outlive the process. A record in a file is committed by writing its
 * generation, or its flags, last and with release: whatever moment the process ends at, a record is whole or not there.
 */
public final class Slab implements AutoCloseable {
    private static final long HUGE_PAGE_BYTES = 2L << 20;
    private static final int PAGE_BYTES = 4096;
    private static final int FILE_MODE = 0600;

    private enum Origin {
        ANONYMOUS,
        FILE_MADE,
        FILE_KEPT
    }

    private final Runnable unmap;
    private final long address;
    private final long bytes;
    private final boolean huge;
    private final Origin origin;
    private boolean closed;

    private Slab(final Runnable unmap, final long address, final long bytes, final boolean huge, final Origin origin) {
        this.unmap = unmap;
        this.address = address;
        this.bytes = bytes;
        this.huge = huge;
        this.origin = origin;
        Regions.add(address, bytes);
    }

    /**
     * Zeroed memory of this process alone.
     *
     * @param bytes at least 1
     * @param purpose named in the error when there is no memory
     */
    public static Slab allocate(final long bytes, final String purpose) {
        final boolean large = bytes >= HUGE_PAGE_BYTES;
        final long rounded = roundUp(bytes, large ? HUGE_PAGE_BYTES : PAGE_BYTES);
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
        final Slab slab =
                new Slab(() -> LibcMemory.munmap(mapping, mappedBytes), address, bytes, huge, Origin.ANONYMOUS);
        slab.touch();
        return slab;
    }

    /**
     * The records of a file, or a new file of zeroed records in its place: when there is none, or it is of another
     * format, boot or policy, or its maker ended while it made it, or it is not this user's alone. Only one process may
     * use a file at a time; the caller holds a lock for that.
     *
     * @param directory on tmpfs or hugetlbfs (of 2 MiB pages, which the length is rounded up to)
     * @param uid the user that this process runs as
     * @throws org.portolan.dataplane.system.LibcException with the path: ENOSPC when there is no room for all of it
     */
    public static Slab open(final HeldDirectory directory, final String name, final SlabFormat format, final int uid) {
        final long fileBytes = roundUp(SlabHeader.BYTES + format.bytes(), HUGE_PAGE_BYTES);
        final MappedFile old = MappedFile.open(directory, name, fileBytes, uid);
        if (old != null) {
            final Slab slab = of(old, format, true);
            if (slab != null) {
                return slab;
            }
            old.close();
        }
        return of(MappedFile.create(directory, name, fileBytes, FILE_MODE, -1, -1), format, false);
    }

    /** Null when it is to be kept and has another format. */
    private static Slab of(final MappedFile file, final SlabFormat format, final boolean kept) {
        final long header = file.address();
        Regions.add(header, SlabHeader.BYTES);
        if (kept && !SlabHeader.fits(header, format)) {
            Regions.remove(header);
            return null;
        }
        final boolean huge = LibcMemory.madvise(header, file.bytes(), LibcMemory.MADV_HUGEPAGE) == 0;
        final Slab slab = new Slab(
                () -> {
                    Regions.remove(header);
                    file.close();
                },
                header + SlabHeader.BYTES,
                format.bytes(),
                huge,
                kept ? Origin.FILE_KEPT : Origin.FILE_MADE);
        slab.touch();
        if (!kept) {
            SlabHeader.write(header, format);
        }
        return slab;
    }

    private static long roundUp(final long value, final long multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /** Writes to each page what is there: a page that was only read may be one that others share. */
    private void touch() {
        for (long at = 0; at < bytes; at += PAGE_BYTES) {
            Memory.putByte(address + at, Memory.byteAt(address + at));
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

    /** Whether the records are those that an earlier process left. */
    public boolean isKept() {
        return origin == Origin.FILE_KEPT;
    }

    /**
     * The records of a file rest on another configuration from now on: to be called when no record is left that the new
     * one does not allow. Anonymous memory has no next process to say it to.
     */
    public void changePolicy(final long policyHash) {
        if (origin != Origin.ANONYMOUS) {
            SlabHeader.changePolicy(address - SlabHeader.BYTES, policyHash);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Regions.remove(address);
            unmap.run();
        }
    }
}
