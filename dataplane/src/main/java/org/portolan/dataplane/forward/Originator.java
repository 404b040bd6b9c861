package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Packet;

/**
 * Sends what the router itself has to say: ICMP errors, rate limited (RFC 1812 4.3.2.8), and frames that are already
 * made. An error
 * goes back to the MAC that the offending frame came from.
 */
public final class Originator implements AutoCloseable {
    /** ICMP errors a second and at once, all causes together. */
    public static final int ERRORS_PER_SECOND = 1000;

    private static final int ERROR_BURST = 100;
    private static final int BUFFER_BYTES = 1024;

    private final WorkerCounters counters;
    private final RateLimit errors = new RateLimit(ERRORS_PER_SECOND, ERROR_BURST);
    private final Slab buffer = Slab.allocate(BUFFER_BYTES, "ICMP errors");
    private int identification;

    public Originator(final WorkerCounters counters) {
        this.counters = counters;
    }

    /**
     * Tells the sender of a packet why it went no further, unless the rate limit or RFC 1122 3.2.2 forbids it.
     *
     * @param port where the packet came in
     * @param rest the four bytes after the ICMP checksum
     */
    public void error(
            final Port port,
            final Frame frame,
            final Packet packet,
            final int type,
            final int code,
            final int rest,
            final long nowNs) {
        if (Ethernet.isGroup(Ethernet.destination(frame.address())) || !errors.allow(nowNs)) {
            return;
        }
        final long reply = buffer.address() + FrameIo.HEADROOM_BYTES;
        final long ip = reply + Ethernet.HEADER_BYTES;
        final int length = IcmpReplies.build(ip, packet, type, code, rest, port.address(), identification++ & 0xFFFF);
        if (length > 0) {
            Ethernet.putHeader(reply, Ethernet.source(frame.address()), port.mac(), Ethernet.TYPE_IPV4);
            send(port, reply, Ethernet.HEADER_BYTES + length, Offload.NONE);
        }
    }

    /** Sends a frame of the router's own and counts how it went. */
    public void send(final Port port, final long frame, final int length, final long offload) {
        final int padded = pad(frame, length);
        if (port.isUp() && port.io().send(frame, padded, offload) == 0) {
            counters.originated();
            port.counters().sent(padded);
        } else {
            counters.originatedLost();
        }
    }

    /** Frames shorter than 60 bytes grow to it in our own buffer; received ones keep the length they came with. */
    private int pad(final long frame, final int length) {
        if (length >= Ethernet.MINIMUM_FRAME_BYTES || frame != buffer.address() + FrameIo.HEADROOM_BYTES) {
            return length;
        }
        Memory.zero(frame + length, Ethernet.MINIMUM_FRAME_BYTES - length);
        return Ethernet.MINIMUM_FRAME_BYTES;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
