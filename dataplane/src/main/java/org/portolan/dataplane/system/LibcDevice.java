package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.plain;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls into the C library that exchange frames with a device file and set it up; see {@link Libc}. */
public final class LibcDevice {
    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle WRITEV =
            handle("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle IOCTL = handle(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(2));

    // Without errno, as Libc's for workers.
    private static final MethodHandle PLAIN_READ =
            plain("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PLAIN_WRITEV =
            plain("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

    private LibcDevice() {}

    /** The descriptor of an opened file, or the negated errno. */
    public static int tryOpen(final String path, final int flags) {
        final MemorySegment state = STATE.get();
        try (Arena arena = Arena.ofConfined()) {
            final int fd =
                    (int) OPEN.invokeExact(state, arena.allocateFrom(path).address(), flags);
            return fd >= 0 ? fd : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Bytes read, or -1 for whatever reason: one call, for a worker that asks whether there is something. */
    public static long tryRead(final int fd, final long address, final long bytes) {
        try {
            return (long) PLAIN_READ.invokeExact(fd, address, bytes);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Writes what {@code count} struct iovec name; bytes written, or the negated errno. */
    public static long writev(final int fd, final long vector, final int count) {
        try {
            final long result = (long) PLAIN_WRITEV.invokeExact(fd, vector, count);
            return result >= 0 ? result : writevAgain(fd, vector, count);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static long writevAgain(final int fd, final long vector, final int count) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) WRITEV.invokeExact(state, fd, vector, count);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** 0, or the errno. */
    public static int ioctl(final int fd, final long request, final long argument) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) IOCTL.invokeExact(state, fd, request, argument);
            return result >= 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }
}
