package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The one claim that a router can have on a device: an abstract Unix socket whose name carries the device's index
 * (unix(7)). Abstract names belong to the network namespace, as devices do, need no directory and no privilege, and are
 * free again when the process ends, however it ends.
 *
 * <p>Anybody in the network namespace can take such a name, so it says nothing by itself. The socket listens, and the
 * kernel tells a process that connects which user took it: {@link #holder}.
 */
public final class DeviceClaim implements AutoCloseable {
    private static final int FAMILY_BYTES = 2;

    /** Connections that ask who it is stay in the queue; nobody accepts them. */
    private static final int BACKLOG = 4096;

    private final int fd;
    private boolean closed;

    private DeviceClaim(final int fd) {
        this.fd = fd;
        closed = fd < 0;
    }

    /** No claim, for a router that goes on without one. */
    public static DeviceClaim none() {
        return new DeviceClaim(-1);
    }

    /** The socket's name, as /proc/net/unix and ss(8) show it after an {@code @}. */
    public static String name(final int deviceIndex) {
        return "portolan-device-" + deviceIndex;
    }

    /**
     * Claims a device in the calling thread's network namespace.
     *
     * @throws LibcException EADDRINUSE when somebody has the name
     */
    public static DeviceClaim take(final int deviceIndex) {
        final int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
        final String name = "@" + name(deviceIndex);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = address(arena, deviceIndex);
            Libc.bind(fd, address.address(), (int) address.byteSize(), name);
            Libc.listen(fd, BACKLOG, name);
        } catch (final LibcException e) {
            Libc.close(fd);
            throw e;
        }
        return new DeviceClaim(fd);
    }

    /** The process that has the name; empty when nobody has it, or it does not let itself be asked. */
    public static Optional<UnixPeer> holder(final int deviceIndex) {
        final int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = address(arena, deviceIndex);
            return Libc.tryConnect(fd, address.address(), (int) address.byteSize()) == 0
                    ? Optional.of(UnixPeer.of(fd))
                    : Optional.empty();
        } finally {
            Libc.close(fd);
        }
    }

    /** struct sockaddr_un; a first zero byte makes the name an abstract one. */
    private static MemorySegment address(final Arena arena, final int deviceIndex) {
        final byte[] name = name(deviceIndex).getBytes(StandardCharsets.US_ASCII);
        final MemorySegment address = arena.allocate(FAMILY_BYTES + 1L + name.length, 2);
        address.set(JAVA_SHORT_UNALIGNED, 0, (short) Libc.AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, FAMILY_BYTES + 1L, name.length);
        return address;
    }

    /** Gives the device back; again has no effect. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(fd);
        }
    }
}
