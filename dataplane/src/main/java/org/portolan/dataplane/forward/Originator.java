package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Sends what the router itself has to say: ICMP errors and TCP resets, rate limited (RFC 1812 4.3.2.8), and frames that
 * are already made. An answer goes back to the MAC that the offending frame came from. What is made here lies in a slot
 * of the worker's {@link FramePool} until its driver has taken it.
 *
 * <p>The limits are fair by host. The inside and the outside have one each, so that spoofed packets from outside take
 * no "fragmentation needed" from an inside host.
 */
public final class Originator {
    /** Slots of the pool that are in use at once: a driver copies a frame before the next one is made. */
    public static final int FRAMES = 1;

    /** Longest frame that is made here. */
    public static final int LONGEST_FRAME_BYTES = Ethernet.HEADER_BYTES + IcmpReplies.MAXIMUM_BYTES;

    /** ICMP errors to all hosts on one side, a second and at once, all causes together; TCP resets as many. */
    public static final int ERRORS_PER_SECOND = 1000;

    /**
     * ICMP errors to one host in each of its two places, a second and at once: so few that one host leaves most of the
     * total to others.
     */
    public static final int ERRORS_PER_HOST = 50;

    private final WorkerCounters counters;
    private final HostRateLimit insideErrors;
    private final HostRateLimit outsideErrors;
    private final HostRateLimit resets;
    private final FramePool pool;
    private int identification;

    /** @param secret nobody else knows it */
    public Originator(final FramePool pool, final WorkerCounters counters, final long secret) {
        this.pool = pool;
        this.counters = counters;
        insideErrors = limit(secret);
        outsideErrors = limit(secret + 1);
        resets = limit(secret + 2);
    }

    private static HostRateLimit limit(final long secret) {
        return new HostRateLimit(ERRORS_PER_HOST, ERRORS_PER_HOST, ERRORS_PER_SECOND, ERRORS_PER_SECOND, secret);
    }

    /**
     * Tells the sender of a packet why it went no further, unless the operator (RFC 5508 REQ-9), the rate limit or RFC
     * 1122 3.2.2 forbids it.
     *
     * @param rest the four bytes after the ICMP checksum
     */
    public void error(final Transit transit, final int type, final int code, final int rest, final long nowNs) {
        final Port port = transit.ingress();
        final Packet packet = transit.packet();
        final HostRateLimit errors = port.isOutside() ? outsideErrors : insideErrors;
        if (!mayBeAnswered(transit) || !errors.allow(Ipv4.source(packet.ip()), nowNs)) {
            return;
        }
        final int slot = take();
        if (slot >= 0) {
            final long ip = pool.address(slot) + Ethernet.HEADER_BYTES;
            final int bytes =
                    IcmpReplies.build(ip, packet, type, code, rest, port.address(), identification++ & 0xFFFF);
            answer(transit, slot, bytes);
        }
    }

    /**
     * Tells an outside host that nothing listens on a port, unless the rate limit forbids it: about a SYN that came a
     * while ago, was no broadcast and came from a single host.
     *
     * @param port that it came in by
     * @param mac that its frame came from
     * @param ip address of its IPv4 header, as it came
     * @param kept bytes of it that are there
     */
    public void portUnreachable(final Port port, final long mac, final long ip, final int kept, final long nowNs) {
        if (!outsideErrors.allow(Ipv4.source(ip), nowNs)) {
            return;
        }
        final int slot = take();
        if (slot >= 0) {
            final int bytes = IcmpReplies.build(
                    pool.address(slot) + Ethernet.HEADER_BYTES,
                    ip,
                    kept,
                    Icmp.DESTINATION_UNREACHABLE,
                    Icmp.CODE_PORT_UNREACHABLE,
                    0,
                    port.address(),
                    identification++ & 0xFFFF);
            answer(port, mac, slot, bytes);
        }
    }

    /** Whether an error about a packet may be sent at all, as far as its interface, frame and packet say. */
    public static boolean mayBeAnswered(final Transit transit) {
        return transit.ingress().sendsErrors()
                && !Ethernet.isGroup(Ethernet.destination(transit.frame().address()))
                && !IcmpReplies.isForbidden(transit.packet());
    }

    /** Resets a TCP connection that is not here, unless {@link TcpReset} or the rate limit forbids it. */
    public void reset(final Transit transit, final long nowNs) {
        final Packet packet = transit.packet();
        if (!TcpReset.isDue(packet, transit.frame().offload()) || !resets.allow(packet.source(), nowNs)) {
            return;
        }
        final int slot = take();
        if (slot >= 0) {
            TcpReset.build(pool.address(slot) + Ethernet.HEADER_BYTES, packet, identification++ & 0xFFFF);
            answer(transit, slot, TcpReset.PACKET_BYTES);
        }
    }

    private int take() {
        final int slot = pool.take();
        if (slot < 0) {
            counters.originatedLost();
        }
        return slot;
    }

    /** Sends the packet that was made in a slot to the MAC that a frame came from. */
    private void answer(final Transit transit, final int slot, final int packetBytes) {
        answer(transit.ingress(), Ethernet.source(transit.frame().address()), slot, packetBytes);
    }

    private void answer(final Port port, final long mac, final int slot, final int packetBytes) {
        final long reply = pool.address(slot);
        Ethernet.putHeader(reply, mac, port.mac(), Ethernet.TYPE_IPV4);
        send(port, reply, Ethernet.pad(reply, Ethernet.HEADER_BYTES + packetBytes), Offload.NONE);
        pool.release(slot);
    }

    /** Sends a frame that control made; its bytes are copied into the pool, where it has its headroom. */
    public void inject(final Port port, final long frame, final int length) {
        if (length > pool.frameBytes()) {
            counters.originatedLost();
            return;
        }
        final int slot = take();
        if (slot >= 0) {
            Memory.copy(frame, pool.address(slot), length);
            send(port, pool.address(slot), length, Offload.NONE);
            pool.release(slot);
        }
    }

    /** Sends a frame of the router's own as it is, and counts how it went. */
    void send(final Port port, final long frame, final int length, final long offload) {
        if (port.isUp() && port.io().sendOwn(frame, length, offload) == 0) {
            counters.originated();
            port.counters().sent(length);
        } else {
            counters.originatedLost();
        }
    }
}
