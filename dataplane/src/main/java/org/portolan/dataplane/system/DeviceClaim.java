package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The one claim that a router can have on a device: an abstract Unix socket whose name carries the device's index
 * (unix(7)). Abstract names belong to the network namespace, as devices do, need no directory and no privilege, and are
 * free again when the process ends, however it ends.
 */
public final class DeviceClaim implements AutoCloseable {
    private static final int FAMILY_BYTES = 2;

    private final int fd;
    private boolean closed;

    private DeviceClaim(final int fd) {
        this.fd = fd;
    }

    /** The socket's name, as /proc/net/unix and ss(8) show it after an {@code @}. */
    public static String name(final int deviceIndex) {
        return "portolan-device-" + deviceIndex;
    }

    /**
     * Claims a device in the calling thread's network namespace.
     *
     * @throws LibcException EADDRINUSE when another router has it
     */
    public static DeviceClaim take(final int deviceIndex) {
        final int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        final byte[] name = name(deviceIndex).getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            // struct sockaddr_un; a first zero byte makes the name an abstract one.
            final MemorySegment address = arena.allocate(FAMILY_BYTES + 1L + name.length, 2);
            address.set(JAVA_SHORT_UNALIGNED, 0, (short) Libc.AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, FAMILY_BYTES + 1L, name.length);
            Libc.bind(fd, address.address(), (int) address.byteSize(), "@" + name(deviceIndex));
        } catch (final LibcException e) {
            Libc.close(fd);
            throw e;
        }
        return new DeviceClaim(fd);
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
