package org.portolan.dataplane.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The process at the other end of a connected Unix-domain socket, as the kernel recorded it at connect(2) (unix(7)).
 * A process number alone may have passed to another process since; the descriptor says whether it has.
 *
 * @param pid in our pid namespace; 0 when it cannot be seen from here
 * @param uid effective user
 * @param pidfd pidfd_open(2) of exactly that process; {@link #NONE} when the kernel is older than 6.5, {@link #ENDED}
 *     when the process has ended
 */
public record UnixPeer(int pid, int uid, int pidfd) implements AutoCloseable {
    public static final int NONE = -1;
    public static final int ENDED = -2;

    // include/uapi/asm-generic/socket.h
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_PEERPIDFD = 77;

    // include/linux/socket.h, struct ucred
    private static final int UCRED_PID = 0;
    private static final int UCRED_UID = 4;
    private static final int UCRED_BYTES = 12;

    // include/uapi/asm-generic/poll.h, struct pollfd
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_BYTES = 8;

    /** @throws LibcException when the socket is none, or not connected */
    public static UnixPeer of(final int socket) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(UCRED_BYTES, Integer.BYTES);
            final int result = Libc.socketOption(socket, SOL_SOCKET, SO_PEERCRED, value.address(), UCRED_BYTES);
            if (result != 0) {
                throw new LibcException("getsockopt(SO_PEERCRED)", -result, "");
            }
            final int pid = value.get(ValueLayout.JAVA_INT, UCRED_PID);
            final int uid = value.get(ValueLayout.JAVA_INT, UCRED_UID);
            return new UnixPeer(pid, uid, pidfd(socket, value));
        }
    }

    private static int pidfd(final int socket, final MemorySegment value) {
        final int result = Libc.socketOption(socket, SOL_SOCKET, SO_PEERPIDFD, value.address(), Integer.BYTES);
        return switch (result) {
            case 0 -> value.get(ValueLayout.JAVA_INT, 0);
            case -Errno.ENOPROTOOPT -> NONE;
            default -> ENDED;
        };
    }

    /** Whether the process has not ended, so that its number is still its own. Only with a descriptor. */
    public boolean isRunning() {
        if (pidfd < 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment poll = arena.allocate(POLLFD_BYTES, Integer.BYTES);
            poll.set(ValueLayout.JAVA_INT, 0, pidfd);
            poll.set(ValueLayout.JAVA_SHORT, POLLFD_EVENTS, (short) Libc.POLLIN);
            return Libc.poll(poll.address(), 1, 0) == 0;
        }
    }

    @Override
    public void close() {
        if (pidfd >= 0) {
            Libc.close(pidfd);
        }
    }
}
