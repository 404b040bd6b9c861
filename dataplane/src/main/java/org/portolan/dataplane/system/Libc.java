package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.failure;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.plain;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls into the C library, one static method each; pointers are plain addresses. Here are sockets, files and the
 * clock; {@link LibcMemory} maps memory, {@link LibcThread} changes what a thread is and may do.
 *
 * <p>Two kinds. Calls of the setting-up kind throw {@link LibcException}, whose message says call, arguments, errno and
 * remedy. Calls that a worker makes ({@link #send}, {@link #recv}, {@link #poll}, {@link #read}, {@link #write})
 * allocate nothing and throw nothing: they return the result, or the negated errno. A failed one is made twice: the
 * first try does not ask for errno.
 *
 * <p>No call is linked as critical: a system call may block, and a critical call would hold the collector up.
 */
public final class Libc {
    // include/linux/socket.h, include/uapi/linux/if_packet.h and their kin.
    public static final int AF_UNIX = 1;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_TRUNC = 0x20;
    public static final int POLLIN = 1;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 16;
    public static final int POLLNVAL = 32;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_BOOTTIME = 7;

    /** Reads what a call wrote without making a segment for it. */
    private static final MemorySegment EVERYWHERE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final MethodHandle SOCKET =
            handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle LISTEN = handle("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SEND =
            handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EVENTFD = handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    // Without errno: linking errno in costs a 40-byte segment a call until the last compiler has seen it
    // (SharedUtils.checkCaptureSegment).
    private static final MethodHandle PLAIN_GETSOCKOPT =
            plain("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PLAIN_POLL =
            plain("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PLAIN_SEND =
            plain("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PLAIN_RECV =
            plain("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PLAIN_READ =
            plain("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PLAIN_WRITE =
            plain("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PLAIN_CLOCK_GETTIME =
            plain("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

    private Libc() {}

    /** A new socket; AF_PACKET needs CAP_NET_RAW. */
    public static int socket(final int family, final int type, final int protocol) {
        final MemorySegment state = STATE.get();
        try {
            final int fd = (int) SOCKET.invokeExact(state, family, type, protocol);
            if (fd < 0) {
                final boolean denied = errno(state) == Errno.EPERM || errno(state) == Errno.EACCES;
                throw failure(
                        "socket(%d, %d, %d)".formatted(family, type, protocol),
                        state,
                        denied && family == AF_PACKET
                                ? "Raw frames need CAP_NET_RAW: run as root, or as a service with AmbientCapabilities=CAP_NET_RAW"
                                : "");
            }
            return fd;
        } catch (final LibcException e) {
            throw e;
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** {@code what} names the address in an error message. */
    public static void bind(final int fd, final long address, final int length, final String what) {
        final MemorySegment state = STATE.get();
        final int result;
        try {
            result = (int) BIND.invokeExact(state, fd, address, length);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure("bind(%s)".formatted(what), state, "");
        }
    }

    /** Lets others connect; {@code backlog} of them may wait. {@code what} names the address in an error message. */
    public static void listen(final int fd, final int backlog, final String what) {
        final MemorySegment state = STATE.get();
        final int result;
        try {
            result = (int) LISTEN.invokeExact(state, fd, backlog);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure("listen(%s)".formatted(what), state, "");
        }
    }

    /** 0, or the errno. */
    public static int tryConnect(final int fd, final long address, final int length) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) CONNECT.invokeExact(state, fd, address, length);
            return result == 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** {@code what} names the option in an error message. */
    public static void setSocketOption(
            final int fd, final int level, final int option, final long value, final int length, final String what) {
        final int errno = trySetSocketOption(fd, level, option, value, length);
        if (errno != 0) {
            throw new LibcException(
                    "setsockopt(%s)".formatted(what),
                    errno,
                    errno == Errno.ENOMEM
                            ? "The kernel had no memory for the ring: free some, or make the ring smaller"
                            : "");
        }
    }

    /** 0, or the errno: for options that may be missing. */
    public static int trySetSocketOption(
            final int fd, final int level, final int option, final long value, final int length) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length);
            return result == 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** An option whose value is one int. */
    public static void setSocketOption(
            final int fd, final int level, final int option, final int value, final String what) {
        try (Arena arena = Arena.ofConfined()) {
            setSocketOption(
                    fd, level, option, arena.allocateFrom(JAVA_INT, value).address(), 4, what);
        }
    }

    /** An option whose value is one int; 0, or the errno. */
    public static int trySetSocketOption(final int fd, final int level, final int option, final int value) {
        try (Arena arena = Arena.ofConfined()) {
            return trySetSocketOption(
                    fd, level, option, arena.allocateFrom(JAVA_INT, value).address(), 4);
        }
    }

    /** Fills {@code value}; 0, or the negated errno. */
    public static int socketOption(
            final int fd, final int level, final int option, final long value, final int length) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment size = arena.allocateFrom(JAVA_INT, length);
            final MemorySegment state = STATE.get();
            final int result = (int) GETSOCKOPT.invokeExact(state, fd, level, option, value, size.address());
            return result == 0 ? 0 : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /**
     * The errno that a socket keeps (SO_ERROR), which this clears; 0 for none. A worker's call: it allocates nothing.
     *
     * @param words 8 bytes of the caller's
     */
    public static int takeSocketError(final int fd, final long words) {
        EVERYWHERE.set(ValueLayout.JAVA_LONG, words, 4L << 32);
        try {
            final int result = (int) PLAIN_GETSOCKOPT.invokeExact(fd, SOL_SOCKET, SO_ERROR, words, words + 4);
            return result == 0 ? EVERYWHERE.get(ValueLayout.JAVA_INT, words) : Errno.EBADF;
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Count of ready descriptors, 0 at the time-out, or the negated errno. */
    public static int poll(final long pollfds, final int count, final int timeoutMs) {
        try {
            final int result = (int) PLAIN_POLL.invokeExact(pollfds, (long) count, timeoutMs);
            return result >= 0 ? result : pollAgain(pollfds, count, timeoutMs);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static int pollAgain(final long pollfds, final int count, final int timeoutMs) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) POLL.invokeExact(state, pollfds, (long) count, timeoutMs);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Bytes sent, or the negated errno. */
    public static long send(final int fd, final long address, final long bytes, final int flags) {
        try {
            final long result = (long) PLAIN_SEND.invokeExact(fd, address, bytes, flags);
            return result >= 0 ? result : sendAgain(fd, address, bytes, flags);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static long sendAgain(final int fd, final long address, final long bytes, final int flags) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) SEND.invokeExact(state, fd, address, bytes, flags);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Bytes received, or the negated errno. */
    public static long recv(final int fd, final long address, final long bytes, final int flags) {
        try {
            final long result = (long) PLAIN_RECV.invokeExact(fd, address, bytes, flags);
            return result >= 0 ? result : recvAgain(fd, address, bytes, flags);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static long recvAgain(final int fd, final long address, final long bytes, final int flags) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) RECV.invokeExact(state, fd, address, bytes, flags);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Bytes read, or the negated errno. */
    public static long read(final int fd, final long address, final long bytes) {
        try {
            final long result = (long) PLAIN_READ.invokeExact(fd, address, bytes);
            return result >= 0 ? result : readAgain(fd, address, bytes);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static long readAgain(final int fd, final long address, final long bytes) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) READ.invokeExact(state, fd, address, bytes);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Bytes written, or the negated errno. */
    public static long write(final int fd, final long address, final long bytes) {
        try {
            final long result = (long) PLAIN_WRITE.invokeExact(fd, address, bytes);
            return result >= 0 ? result : writeAgain(fd, address, bytes);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A call that failed is made once more, to learn why. */
    private static long writeAgain(final int fd, final long address, final long bytes) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) WRITE.invokeExact(state, fd, address, bytes);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Closes; errors are of no use to a caller and are passed over. */
    public static void close(final int fd) {
        final MemorySegment state = STATE.get();
        try {
            final int ignored = (int) CLOSE.invokeExact(state, fd);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** A non-blocking eventfd with count 0. */
    public static int eventfd() {
        final MemorySegment state = STATE.get();
        final int fd;
        try {
            fd = (int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK | EFD_CLOEXEC);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (fd < 0) {
            throw failure("eventfd()", state, "");
        }
        return fd;
    }

    /** Nanoseconds of a kernel clock; {@code timespec} is 16 bytes of the caller's. */
    public static long clockNs(final int clock, final long timespec) {
        try {
            final int ignored = (int) PLAIN_CLOCK_GETTIME.invokeExact(clock, timespec);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        return EVERYWHERE.get(ValueLayout.JAVA_LONG, timespec) * 1_000_000_000L
                + EVERYWHERE.get(ValueLayout.JAVA_LONG, timespec + 8);
    }
}
