package org.portolan.bench.traffic;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * Whether one arrived frame is what the device should have made of a {@link FrameWriter}'s: everything that can be
 * known from the frame alone. Holds no state.
 */
final class FrameJudge {
    private static final int UDP_AT = Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES;
    private static final int LEAST_BYTES = FrameWriter.HEADER_BYTES + Probe.BYTES;

    private final Passage passage;
    private final long mac;
    private final Checksums sent;

    /**
     * @param mac the receiving host's
     * @param sent what checksums the generator sends: none may not become one, nor the other way round
     */
    FrameJudge(final Passage passage, final long mac, final Checksums sent) {
        this.passage = passage;
        this.mac = mac;
        this.sent = sent;
    }

    /** Whether a frame is the test's to judge at all: it is UDP over IPv4 and has the server's port in its place. */
    boolean isOurs(final long frame, final int length) {
        return length >= LEAST_BYTES
                && Ethernet.type(frame) == Ethernet.TYPE_IPV4
                && Ipv4.protocol(frame + Ethernet.HEADER_BYTES) == Ipv4.UDP
                && serverPort(frame + UDP_AT) == passage.serverPort();
    }

    private int serverPort(final long udp) {
        return passage.direction() == TrafficDirection.OUTBOUND ? Udp.destinationPort(udp) : Udp.sourcePort(udp);
    }

    /** Address of the flow's endpoint. */
    int address(final long frame) {
        return Memory.u32(frame + Ethernet.HEADER_BYTES + passage.direction().addressOffset);
    }

    /** Port of the flow's endpoint. */
    int port(final long frame) {
        return Memory.u16(frame + UDP_AT + passage.direction().portOffset);
    }

    /**
     * @param length bytes from {@code frame} on
     * @param offload an {@link Offload} word
     */
    Fault judge(final long frame, final int length, final long offload) {
        if (length < LEAST_BYTES || Ethernet.type(frame) != Ethernet.TYPE_IPV4) {
            return Fault.NOT_WHOLE;
        }
        if (Ethernet.destination(frame) != mac) {
            return Fault.MAC;
        }
        final long ip = frame + Ethernet.HEADER_BYTES;
        final int reason = Ipv4.check(ip, length - Ethernet.HEADER_BYTES);
        if (reason == DropReason.IPV4_CHECKSUM.code) {
            return Fault.IPV4_CHECKSUM;
        }
        if (reason != 0
                || Ipv4.headerLength(ip) != Ipv4.HEADER_BYTES
                || Ipv4.isFragment(ip)
                || Ipv4.protocol(ip) != Ipv4.UDP) {
            return Fault.IPV4_HEADER;
        }
        if (Ipv4.ttl(ip) != FrameWriter.TTL - passage.hops()) {
            return Fault.TTL;
        }
        final long udp = frame + UDP_AT;
        if (Ipv4.totalLength(ip) != length - Ethernet.HEADER_BYTES || Udp.length(udp) != length - UDP_AT) {
            return Fault.LENGTH;
        }
        final boolean outbound = passage.direction() == TrafficDirection.OUTBOUND;
        final int server = outbound ? Ipv4.destination(ip) : Ipv4.source(ip);
        if (server != passage.server() || serverPort(udp) != passage.serverPort()) {
            return Fault.SERVER;
        }
        if (outbound && !passage.outside().contains(Ipv4.source(ip))) {
            return Fault.ADDRESS;
        }
        if (!isChecksumRight(ip, udp, length - UDP_AT, offload)) {
            return Fault.UDP_CHECKSUM;
        }
        final long probe = frame + FrameWriter.HEADER_BYTES;
        return Probe.isWhole(probe, length - FrameWriter.HEADER_BYTES) ? Fault.NONE : Fault.PAYLOAD;
    }

    private boolean isChecksumRight(final long ip, final long udp, final int length, final long offload) {
        if (Offload.needsChecksum(offload)) {
            return sent == Checksums.PARTIAL
                    && Udp.checksum(udp)
                            == InternetChecksum.pseudoHeaderSum(Ipv4.source(ip), Ipv4.destination(ip), Ipv4.UDP, length)
                    && Offload.checksumStart(offload) == UDP_AT
                    && Offload.checksumOffset(offload) == Udp.CHECKSUM_OFFSET;
        }
        if (Udp.checksum(udp) == 0 || sent == Checksums.NONE) {
            return Udp.checksum(udp) == 0 && sent == Checksums.NONE;
        }
        return InternetChecksum.ofTransport(udp, length, Ipv4.source(ip), Ipv4.destination(ip), Ipv4.UDP) == 0;
    }
}
