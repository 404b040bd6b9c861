package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.failure;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls into the C library that map memory, one static method each; see {@link Libc}. */
public final class LibcMemory {
    // include/uapi/asm-generic/mman-common.h and mman.h.
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 0x01;
    public static final int MAP_PRIVATE = 0x02;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MAP_LOCKED = 0x2000;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MADV_POPULATE_WRITE = 23;

    private static final MethodHandle MMAP = handle(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MADVISE =
            handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private LibcMemory() {}

    /** Address of the new mapping. {@code what} names its purpose in an error message. */
    public static long mmap(
            final long bytes,
            final int protection,
            final int flags,
            final int fd,
            final long offset,
            final String what) {
        final MemorySegment state = STATE.get();
        final long address;
        try {
            address = (long) MMAP.invokeExact(state, 0L, bytes, protection, flags, fd, offset);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (address == -1) {
            throw failure("mmap(%d bytes for %s)".formatted(bytes, what), state, "Free memory, or lower max_sessions");
        }
        return address;
    }

    public static void munmap(final long address, final long bytes) {
        final MemorySegment state = STATE.get();
        final int result;
        try {
            result = (int) MUNMAP.invokeExact(state, address, bytes);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure("munmap(0x%x, %d)".formatted(address, bytes), state, "");
        }
    }

    /** 0, or the errno: advice may be refused. */
    public static int madvise(final long address, final long bytes, final int advice) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) MADVISE.invokeExact(state, address, bytes, advice);
            return result == 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }
}
