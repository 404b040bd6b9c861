package org.portolan.bench.lab;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcException;

/**
 * Whole frames in and out of one device of a namespace: an AF_PACKET socket with the virtio header both ways, so that a
 * frame up to 64 KiB passes whole and says what it left to offload. Sees what arrives at the device, not what leaves
 * it. One thread uses it.
 */
public final class RawSocket implements AutoCloseable {
    // include/uapi/linux/if_packet.h, if_ether.h, asm-generic/socket.h, virtio_net.h.
    private static final int SOL_SOCKET = 1;
    private static final int SOL_PACKET = 263;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int ETH_P_ALL = 3;
    private static final int VIRTIO_BYTES = 10;
    private static final int ADDRESS_BYTES = 20;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int FRAME_BYTES = 70_000;
    private static final int POLL_AT = 0;
    private static final int ADDRESS_AT = 16;
    private static final int FRAME_AT = 64;

    private final Slab memory = Slab.allocate(FRAME_AT + FRAME_BYTES, "a raw socket of the lab");
    private final int fd;

    private RawSocket(final int index) {
        fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        Libc.setSocketOption(fd, SOL_PACKET, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
        Libc.setSocketOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
        if (Libc.trySetSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES) != 0) {
            // In a user namespace only up to net.core.rmem_max.
            Libc.setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES, "SO_RCVBUF");
        }
        final long address = memory.address() + ADDRESS_AT;
        Memory.zero(address, ADDRESS_BYTES);
        Memory.putShort(address, (short) Libc.AF_PACKET);
        Memory.putU16(address + 2, ETH_P_ALL);
        Memory.putInt(address + 4, index);
        Libc.bind(fd, address, ADDRESS_BYTES, "AF_PACKET, device " + index);
    }

    /** Opens a socket on a device inside a namespace; any thread may do so. */
    public static RawSocket open(final Namespace namespace, final String device) {
        final int index = namespace.deviceIndex(device);
        try {
            return namespace.call(() -> new RawSocket(index));
        } catch (final Exception e) {
            throw new LabException("raw socket on %s in %s: %s".formatted(device, namespace, e.getMessage()), e);
        }
    }

    /** Sends one frame out of the device. */
    public void send(final RawFrame frame) {
        final long buffer = memory.address() + FRAME_AT;
        putVirtioHeader(buffer, frame.offload(), frame.bytes().length);
        Memory.copy(frame.bytes(), 0, buffer + VIRTIO_BYTES, frame.bytes().length);
        final long sent = Libc.send(fd, buffer, (long) VIRTIO_BYTES + frame.bytes().length, 0);
        if (sent < 0) {
            throw new LibcException("send(%d bytes)".formatted(frame.bytes().length), (int) -sent, "");
        }
    }

    private static void putVirtioHeader(final long header, final long offload, final int frameBytes) {
        Memory.putByte(header, (byte) Offload.flags(offload));
        Memory.putByte(header + 1, (byte) Offload.segmentation(offload));
        Memory.putShort(header + 2, (short) (Offload.isSegmented(offload) ? frameBytes : 0));
        Memory.putShort(header + 4, (short) Offload.segmentSize(offload));
        Memory.putShort(header + 6, (short) Offload.checksumStart(offload));
        Memory.putShort(header + 8, (short) Offload.checksumOffset(offload));
    }

    /** The next frame, or nothing when none arrived in time. */
    public Optional<RawFrame> receive(final long timeoutMs) {
        final long pollfd = memory.address() + POLL_AT;
        Memory.putInt(pollfd, fd);
        Memory.putInt(pollfd + 4, Libc.POLLIN);
        if (Libc.poll(pollfd, 1, (int) timeoutMs) <= 0) {
            return Optional.empty();
        }
        final long buffer = memory.address() + FRAME_AT;
        final long received = Libc.recv(fd, buffer, FRAME_BYTES, Libc.MSG_DONTWAIT);
        if (received == -Errno.EAGAIN || received == -Errno.ENETDOWN) {
            return Optional.empty();
        }
        if (received < VIRTIO_BYTES) {
            throw new LibcException("recv(%d bytes)".formatted(FRAME_BYTES), (int) -received, "");
        }
        final byte[] bytes = new byte[(int) received - VIRTIO_BYTES];
        Memory.copy(buffer + VIRTIO_BYTES, bytes, 0, bytes.length);
        return Optional.of(new RawFrame(bytes, virtioHeader(buffer)));
    }

    private static long virtioHeader(final long header) {
        return Offload.pack(
                Memory.byteAt(header),
                Memory.byteAt(header + 1),
                Memory.shortAt(header + 4),
                Memory.shortAt(header + 6),
                Memory.shortAt(header + 8));
    }

    /** The next frame of the wanted kind, others passed over; nothing when none arrived in time. */
    public Optional<RawFrame> await(final Predicate<RawFrame> wanted, final long timeoutMs) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        for (long leftNs = deadlineNs - System.nanoTime(); leftNs > 0; leftNs = deadlineNs - System.nanoTime()) {
            final Optional<RawFrame> frame = receive(TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
            if (frame.isPresent() && wanted.test(frame.get())) {
                return frame;
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        Libc.close(fd);
        memory.close();
    }
}
