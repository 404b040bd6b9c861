package org.portolan.dataplane.io.tap;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * The driver {@code tap}: one system call a frame in either direction, each frame with its virtio header, so that large
 * frames pass whole and checksums may stay partial.
 *
 * <p>A write is the kernel's receiving: what it took has left, so nothing ever waits in a backlog.
 *
 * <table>
 * <caption>when a write fails</caption>
 * <tr><th>errno</th><th>meaning</th><th>what happens</th></tr>
 * <tr><td>EIO, EBADFD</td><td>the device is down, or was deleted</td><td>frames are refused with EGRESS_DOWN; one is
 * tried every {@link #PROBE_NS}</td></tr>
 * <tr><td>EAGAIN, ENOBUFS, ENOMEM</td><td>no room for now</td><td>this frame is lost: TRANSMIT_RING_FULL</td></tr>
 * <tr><td>others</td><td>the kernel does not take this frame</td><td>TRANSMIT_REFUSED</td></tr>
 * </table>
 */
final class TapIo implements DeviceIo {
    /** A device that was down is tried after this. */
    static final long PROBE_NS = 10_000_000;

    /** The largest frame: a 16-bit IPv4 length behind an Ethernet header, rounded up. */
    static final int LARGEST_FRAME_BYTES = 68 << 10;

    private static final int LARGE_FRAMES = 16;
    private static final int ARENA_BYTES = LARGE_FRAMES * LARGEST_FRAME_BYTES;

    private static final int ETHERNET_HEADER_BYTES = 14;

    /** TCP over IPv4 with both headers at their longest. */
    private static final int LINEAR_BYTES = 14 + 60 + 60;

    // struct iovec, twice; then the header that the first one is of
    private static final int FRAME_ADDRESS_OFFSET = 16;
    private static final int FRAME_BYTES_OFFSET = 24;
    private static final int HEADER_OFFSET = 32;

    private static final int USUAL_MTU = 1500;

    private final TapFile file;
    private final String asked;
    private final long mac;
    private final int incarnation;
    private final Slab arena = Slab.allocate(ARENA_BYTES, "frames of a tap");
    private final Slab vector = Slab.allocate(Memory.CACHE_LINE_BYTES, "two struct iovec");
    private int used;
    private boolean down;
    private boolean tried;
    private long downSinceNs;
    private int lastMtu = USUAL_MTU;
    private boolean closed;

    /** @param device as the driver found it: its index counts how often the tap was made */
    TapIo(final TapFile file, final NetworkDevice device) {
        this.file = file;
        asked = device.name();
        mac = device.mac();
        incarnation = device.index();
        Memory.putLong(vector.address(), vector.address() + HEADER_OFFSET);
        Memory.putLong(vector.address() + Long.BYTES, VirtioHeader.BYTES);
    }

    @Override
    public int receive(final FrameBatch batch) {
        int count = 0;
        while (!batch.isFull() && used + FRAME_OFFSET + LARGEST_FRAME_BYTES <= ARENA_BYTES) {
            final long frame = arena.address() + used + FRAME_OFFSET;
            final long header = frame - VirtioHeader.BYTES;
            final long bytes = file.read(header, VirtioHeader.BYTES + LARGEST_FRAME_BYTES);
            if (bytes < VirtioHeader.BYTES) {
                break;
            }
            final int length = (int) bytes - VirtioHeader.BYTES;
            // The kernel does not stamp what a tap receives, and a clock here would only measure this loop.
            batch.append().set(frame, length, VirtioHeader.offload(header), 0, 0);
            used += roomFor(length);
            count++;
        }
        return count;
    }

    private static int roomFor(final int length) {
        final int bytes = FRAME_OFFSET + Math.max(length, LEAST_ROOM_BYTES);
        return (bytes + Memory.CACHE_LINE_BYTES - 1) / Memory.CACHE_LINE_BYTES * Memory.CACHE_LINE_BYTES;
    }

    @Override
    public void release() {
        used = 0;
    }

    @Override
    public int send(final long frame, final int length, final long offload) {
        if (down) {
            return DropReason.EGRESS_DOWN.code;
        }
        if (length < ETHERNET_HEADER_BYTES) {
            return DropReason.TRANSMIT_REFUSED.code;
        }
        final long iovec = vector.address();
        VirtioHeader.put(iovec + HEADER_OFFSET, offload, Math.min(length, LINEAR_BYTES));
        Memory.putLong(iovec + FRAME_ADDRESS_OFFSET, frame);
        Memory.putLong(iovec + FRAME_BYTES_OFFSET, length);
        final long result = file.write(iovec);
        return result >= 0 ? 0 : reason((int) -result);
    }

    private int reason(final int errno) {
        return switch (errno) {
            case Errno.EIO, Errno.EBADFD -> {
                down = true;
                tried = true;
                yield DropReason.EGRESS_DOWN.code;
            }
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> DropReason.TRANSMIT_RING_FULL.code;
            default -> DropReason.TRANSMIT_REFUSED.code;
        };
    }

    /** Everything has left already; a device that was down is tried again with the next frame once it is time. */
    @Override
    public void flush(final long nowNs) {
        if (!down) {
            return;
        }
        if (tried) {
            tried = false;
            downSinceNs = nowNs;
        } else if (nowNs - downSinceNs >= PROBE_NS) {
            down = false;
        }
    }

    @Override
    public boolean isBacklogged() {
        return down;
    }

    @Override
    public boolean isDown() {
        return down;
    }

    @Override
    public void linkUp() {
        down = false;
    }

    @Override
    public int pollDescriptor() {
        return file.descriptor();
    }

    /** The kernel's queue of a tap: TUN_READQ_SIZE, and nobody makes it longer than this. */
    @Override
    public int mostWaiting() {
        return 1 << 16;
    }

    /** Its buffers have room for every frame. */
    @Override
    public int mtu() {
        return LARGEST_FRAME_BYTES;
    }

    /**
     * The tap while it exists. Its link and MTU are the kernel's if it is in this network namespace; one that was moved
     * into another counts as up, and a write finds out when it is not. One that was deleted can be made again, which
     * another index says.
     */
    @Override
    public Optional<NetworkDevice> device(final List<NetworkDevice> present) {
        final String name = file.name();
        if (name == null) {
            return Optional.of(device(incarnation + 1, false));
        }
        final long kernelMac = file.kernelMac();
        final Optional<NetworkDevice> here = NetworkDevice.named(name, present).filter(each -> each.mac() == kernelMac);
        here.ifPresent(each -> lastMtu = each.mtu());
        return Optional.of(device(incarnation, here.map(NetworkDevice::up).orElse(true)));
    }

    /** Addresses and forwarding of the kernel's end are another machine's, as far as the router is concerned. */
    private NetworkDevice device(final int index, final boolean up) {
        return new NetworkDevice(index, asked, mac, lastMtu, up, false, List.of());
    }

    @Override
    public int takeLost() {
        return 0;
    }

    /** This one's device is deleted, so nothing more comes to it. */
    @Override
    public DeviceIo successor(final NetworkDevice now) {
        return new TapDriver().open(now);
    }

    @Override
    public void resume() {
        // Its device is gone: there is nothing to receive.
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.close();
            arena.close();
            vector.close();
        }
    }
}
