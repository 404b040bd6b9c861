package org.portolan.dataplane.io.pcap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.NanoClock;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * An interface made of two files: frames of one arrive when the clock has come to their time, and what is sent goes
 * into the other with the clock's time. The clock is the replay's, so nothing depends on how fast the machine is.
 *
 * <p>A replay has no traffic to carry on with: unlike other drivers, this one throws {@link UncheckedIOException} when
 * a file fails under it.
 */
final class PcapIo implements DeviceIo {
    /** Frames of one batch, or the longest one with room to spare. */
    private static final int ARENA_BYTES = 1 << 19;

    private final NetworkDevice device;
    private final NanoClock clock;
    private final PcapReader in;
    private final PcapWriter out;
    private final Slab arena = Slab.allocate(ARENA_BYTES, "frames of a pcap file");
    private final byte[] copy = new byte[PcapFormat.LONGEST_FRAME_BYTES];
    private boolean waiting;
    private int used;
    private long received;
    private long sent;
    private boolean closed;

    /** @param in what arrives, or null for nothing; both files are closed with this */
    PcapIo(final NetworkDevice device, final NanoClock clock, final PcapReader in, final PcapWriter out) {
        this.device = device;
        this.clock = clock;
        this.in = in;
        this.out = out;
        advance();
    }

    private void advance() {
        try {
            waiting = in != null && in.next();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When the next frame arrives, ns since 1970; {@link Long#MAX_VALUE} after the last. */
    long nextNs() {
        return waiting ? in.timeNs() : Long.MAX_VALUE;
    }

    /** Frames that arrived so far. */
    long received() {
        return received;
    }

    /** Frames that were sent so far. */
    long sent() {
        return sent;
    }

    @Override
    public int receive(final FrameBatch batch) {
        final long nowNs = clock.nanoTime();
        int count = 0;
        while (waiting && in.timeNs() <= nowNs && !batch.isFull() && hasRoom()) {
            final long frame = arena.address() + used + FRAME_OFFSET;
            Memory.copy(in.frame(), 0, frame, in.length());
            // Without a time of arrival: how long the replay took says nothing about a router.
            batch.append().set(frame, in.length(), Offload.NONE, 0, in.isTruncated() ? Frame.TRUNCATED : 0);
            used += roomFor(in.length());
            count++;
            advance();
        }
        received += count;
        return count;
    }

    private boolean hasRoom() {
        return used + roomFor(in.length()) <= ARENA_BYTES;
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
        if (offload != Offload.NONE || length > PcapFormat.LONGEST_FRAME_BYTES) {
            return DropReason.TRANSMIT_REFUSED.code;
        }
        Memory.copy(frame, copy, 0, length);
        try {
            out.write(clock.nanoTime(), copy, length);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        sent++;
        return 0;
    }

    @Override
    public void flush(final long nowNs) {
        // What was sent is written already.
    }

    @Override
    public int pollDescriptor() {
        return -1;
    }

    @Override
    public int mostWaiting() {
        return 0;
    }

    @Override
    public int mtu() {
        return device.mtu();
    }

    @Override
    public Optional<NetworkDevice> device(final List<NetworkDevice> present) {
        return Optional.of(device);
    }

    @Override
    public int takeLost() {
        return 0;
    }

    /** A file's device never changes, so nobody asks for one. */
    @Override
    public DeviceIo successor(final NetworkDevice now) {
        throw new IllegalStateException(device.name() + " is a file and has no successor");
    }

    @Override
    public void resume() {
        // It never stopped.
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        arena.close();
        try (PcapWriter _ = out) {
            if (in != null) {
                in.close();
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
