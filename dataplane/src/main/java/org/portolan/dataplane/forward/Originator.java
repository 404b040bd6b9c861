package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Sends what the router itself has to say: ICMP errors and TCP resets, rate limited (RFC 1812 4.3.2.8), and frames that
 * are already made. An answer goes back to the MAC that the offending frame came from.
 *
 * <p>The limits are fair by host. The inside and the outside have one each, so that spoofed packets from outside take
 * no "fragmentation needed" from an inside host.
 */
public final class Originator implements AutoCloseable {
    /** ICMP errors to all hosts on one side, a second and at once, all causes together; TCP resets as many. */
    public static final int ERRORS_PER_SECOND = 1000;

    /**
     * ICMP errors to one host in each of its two places, a second and at once: so few that one host leaves most of the
     * total to others.
     */
    public static final int ERRORS_PER_HOST = 50;

    private static final int BUFFER_BYTES = 1024;

    private final WorkerCounters counters;
    private final HostRateLimit insideErrors;
    private final HostRateLimit outsideErrors;
    private final HostRateLimit resets;
    private final Slab buffer = Slab.allocate(BUFFER_BYTES, "ICMP errors");
    private int identification;

    /** @param secret nobody else knows it */
    public Originator(final WorkerCounters counters, final long secret) {
        this.counters = counters;
        insideErrors = limit(secret);
        outsideErrors = limit(secret + 1);
        resets = limit(secret + 2);
    }

    private static HostRateLimit limit(final long secret) {
        return new HostRateLimit(ERRORS_PER_HOST, ERRORS_PER_HOST, ERRORS_PER_SECOND, ERRORS_PER_SECOND, secret);
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
        final HostRateLimit errors = port.isOutside() ? outsideErrors : insideErrors;
        if (Ethernet.isGroup(Ethernet.destination(frame.address()))
                || IcmpReplies.isForbidden(packet)
                || !errors.allow(Ipv4.source(packet.ip()), nowNs)) {
            return;
        }
        final long ip = buffer.address() + FrameIo.HEADROOM_BYTES + Ethernet.HEADER_BYTES;
        final int length = IcmpReplies.build(ip, packet, type, code, rest, port.address(), identification++ & 0xFFFF);
        answer(port, frame, length);
    }

    /** Resets a TCP connection that is not here, unless {@link TcpReset} or the rate limit forbids it. */
    public void reset(final Port port, final Frame frame, final Packet packet, final long nowNs) {
        if (TcpReset.isDue(packet, frame.offload()) && resets.allow(packet.source(), nowNs)) {
            final long ip = buffer.address() + FrameIo.HEADROOM_BYTES + Ethernet.HEADER_BYTES;
            TcpReset.build(ip, packet, identification++ & 0xFFFF);
            answer(port, frame, TcpReset.PACKET_BYTES);
        }
    }

    /** Sends the packet that stands in the buffer to the MAC that a frame came from. */
    private void answer(final Port port, final Frame frame, final int packetBytes) {
        final long reply = buffer.address() + FrameIo.HEADROOM_BYTES;
        Ethernet.putHeader(reply, Ethernet.source(frame.address()), port.mac(), Ethernet.TYPE_IPV4);
        send(port, reply, Ethernet.pad(reply, Ethernet.HEADER_BYTES + packetBytes), Offload.NONE);
    }

    /** Sends a frame of the router's own as it is, and counts how it went. */
    public void send(final Port port, final long frame, final int length, final long offload) {
        if (port.isUp() && port.io().sendOwn(frame, length, offload) == 0) {
            counters.originated();
            port.counters().sent(length);
        } else {
            counters.originatedLost();
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
