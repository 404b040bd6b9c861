package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Calls into the C library that work on files by descriptor; see {@link Libc}. */
final class LibcFile implements FileCalls {
    // include/uapi/linux/fcntl.h; O_NOFOLLOW and O_DIRECTORY are others on aarch64.
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int O_PATH = 0x200000;
    private static final int O_NOFOLLOW = System.getProperty("os.arch").equals("aarch64") ? 0x8000 : 0x20000;

    // include/uapi/linux/stat.h: struct statx.
    private static final int STATX_BASIC_STATS = 0x7FF;
    private static final int STATX_BYTES = 256;
    private static final int STX_NLINK = 16;
    private static final int STX_UID = 20;
    private static final int STX_GID = 24;
    private static final int STX_MODE = 28;
    private static final int STX_SIZE = 40;

    private static final MethodHandle OPENAT = handle(
            "openat",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(3));
    private static final MethodHandle STATX =
            handle("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle READLINKAT =
            handle("readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MKDIRAT =
            handle("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FCHOWN =
            handle("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCHMOD = handle("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCHMODAT =
            handle("fchmodat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle FALLOCATE =
            handle("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PWRITE =
            handle("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle RENAMEAT =
            handle("renameat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle UNLINKAT =
            handle("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));

    /** One call; its result, below zero when it failed. */
    @FunctionalInterface
    private interface Call {
        long make(MemorySegment state, Arena names) throws Throwable;
    }

    /** The result, or the negated errno. */
    private static long result(final Call call) {
        final MemorySegment state = STATE.get();
        try (Arena names = Arena.ofConfined()) {
            while (true) {
                final long result = call.make(state, names);
                if (result >= 0 || errno(state) != Errno.EINTR) {
                    return result >= 0 ? result : -errno(state);
                }
            }
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    @Override
    public int look(final int directory, final String name) {
        return open(directory, name, O_PATH, 0);
    }

    @Override
    public int open(final int directory, final String name, final int flags, final int mode) {
        return (int) result((state, names) -> (int) OPENAT.invokeExact(
                state, directory, names.allocateFrom(name).address(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
    }

    @Override
    public int status(final int fd, final FileStatus status) {
        return (int) result((state, names) -> {
            final MemorySegment statx = names.allocate(STATX_BYTES, 8);
            final int result = (int) STATX.invokeExact(
                    state, fd, names.allocateFrom("").address(), AT_EMPTY_PATH, STATX_BASIC_STATS, statx.address());
            status.set(
                    statx.get(ValueLayout.JAVA_SHORT, STX_MODE) & 0xFFFF,
                    statx.get(JAVA_INT, STX_UID),
                    statx.get(JAVA_INT, STX_GID),
                    statx.get(JAVA_INT, STX_NLINK),
                    statx.get(JAVA_LONG, STX_SIZE));
            return result;
        });
    }

    @Override
    public int target(final int fd, final long address, final int most) {
        return (int) result((state, names) ->
                (long) READLINKAT.invokeExact(state, fd, names.allocateFrom("").address(), address, (long) most));
    }

    @Override
    public int makeDirectory(final int directory, final String name, final int mode) {
        return (int) result((state, names) -> (int)
                MKDIRAT.invokeExact(state, directory, names.allocateFrom(name).address(), mode));
    }

    @Override
    public int changeOwner(final int fd, final int uid, final int gid) {
        return (int) result((state, names) -> (int) FCHOWN.invokeExact(state, fd, uid, gid));
    }

    @Override
    public int changeMode(final int fd, final int mode) {
        return (int) result((state, names) -> (int) FCHMOD.invokeExact(state, fd, mode));
    }

    @Override
    public int changeMode(final int directory, final String name, final int mode) {
        return (int) result((state, names) -> (int)
                FCHMODAT.invokeExact(state, directory, names.allocateFrom(name).address(), mode, AT_SYMLINK_NOFOLLOW));
    }

    @Override
    public int allocate(final int fd, final long bytes) {
        return (int) result((state, names) -> (int) FALLOCATE.invokeExact(state, fd, 0, 0L, bytes));
    }

    @Override
    public long write(final int fd, final long address, final long bytes, final long offset) {
        return result((state, names) -> (long) PWRITE.invokeExact(state, fd, address, bytes, offset));
    }

    @Override
    public int rename(final int directory, final String from, final String to) {
        return (int) result((state, names) -> (int) RENAMEAT.invokeExact(
                state,
                directory,
                names.allocateFrom(from).address(),
                directory,
                names.allocateFrom(to).address()));
    }

    @Override
    public int remove(final int directory, final String name) {
        return (int) result((state, names) -> (int)
                UNLINKAT.invokeExact(state, directory, names.allocateFrom(name).address(), 0));
    }

    @Override
    public void close(final int fd) {
        Libc.close(fd);
    }
}
