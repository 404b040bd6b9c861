package org.portolan.dataplane.worker;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** Makes whole frames with right checksums, and mends the checksums of mutated ones. */
final class TestFrames implements AutoCloseable {
    private static final int MOST_BYTES = 16 << 10;
    private static final int IP = Ethernet.HEADER_BYTES;
    private static final int TRANSPORT = IP + Ipv4.HEADER_BYTES;

    private final Slab slab = Slab.allocate(MOST_BYTES, "test frames");
    private final long at = slab.address();
    private final long destinationMac;
    private final long sourceMac;
    private int ttl = 64;
    private boolean dontFragment;

    TestFrames(final long sourceMac, final long destinationMac) {
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
    }

    TestFrames ttl(final int value) {
        ttl = value;
        return this;
    }

    TestFrames dontFragment(final boolean value) {
        dontFragment = value;
        return this;
    }

    byte[] udp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int payload) {
        final int length = Udp.HEADER_BYTES + payload;
        begin(source, destination, Ipv4.UDP, length);
        Udp.putHeader(at + TRANSPORT, sourcePort, destinationPort, length, 0);
        final int checksum = InternetChecksum.ofTransport(at + TRANSPORT, length, source, destination, Ipv4.UDP);
        Udp.putChecksum(at + TRANSPORT, checksum == 0 ? 0xFFFF : checksum);
        return bytes(TRANSPORT + length);
    }

    byte[] tcp(
            final int source, final int sourcePort, final int destination, final int destinationPort, final int flags) {
        final int length = Tcp.HEADER_BYTES + 4;
        begin(source, destination, Ipv4.TCP, length);
        final long tcp = at + TRANSPORT;
        Tcp.putSourcePort(tcp, sourcePort);
        Tcp.putDestinationPort(tcp, destinationPort);
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, 6 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, flags);
        Memory.putU32(tcp + Tcp.HEADER_BYTES, 0x0204_05B4 + 40);
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, length, source, destination, Ipv4.TCP));
        return bytes(TRANSPORT + length);
    }

    /** A segment without options and with a payload of zeros. */
    byte[] segment(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags,
            final int sequence,
            final int acknowledgment,
            final int payload) {
        final int length = Tcp.HEADER_BYTES + payload;
        begin(source, destination, Ipv4.TCP, length);
        final long tcp = at + TRANSPORT;
        Tcp.putSourcePort(tcp, sourcePort);
        Tcp.putDestinationPort(tcp, destinationPort);
        Memory.putU32(tcp + Tcp.SEQUENCE_OFFSET, sequence);
        Memory.putU32(tcp + Tcp.ACKNOWLEDGMENT_OFFSET, acknowledgment);
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, 5 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, flags);
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, length, source, destination, Ipv4.TCP));
        return bytes(TRANSPORT + length);
    }

    /** A SYN with these option bytes, a multiple of four of them. */
    byte[] syn(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final byte[] options) {
        final int length = Tcp.HEADER_BYTES + options.length;
        begin(source, destination, Ipv4.TCP, length);
        final long tcp = at + TRANSPORT;
        Tcp.putSourcePort(tcp, sourcePort);
        Tcp.putDestinationPort(tcp, destinationPort);
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, length / 4 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, Tcp.SYN);
        Memory.copy(options, 0, tcp + Tcp.HEADER_BYTES, options.length);
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, length, source, destination, Ipv4.TCP));
        return bytes(TRANSPORT + length);
    }

    byte[] echo(final int source, final int destination, final int type, final int identifier) {
        return query(source, destination, type, identifier << 16 | 1, 24);
    }

    /**
     * An ICMP query or its reply, with a payload of zeros.
     *
     * @param rest identifier and sequence number
     */
    byte[] query(final int source, final int destination, final int type, final int rest, final int payload) {
        final int length = Icmp.HEADER_BYTES + payload;
        begin(source, destination, Ipv4.ICMP, length);
        Icmp.putHeader(at + TRANSPORT, type, 0, rest);
        Icmp.putChecksum(at + TRANSPORT, InternetChecksum.of(at + TRANSPORT, length));
        return bytes(TRANSPORT + length);
    }

    /** An ICMP error that quotes a UDP packet. */
    byte[] error(
            final int source,
            final int destination,
            final int type,
            final int quotedSource,
            final int quotedSourcePort,
            final int quotedDestination,
            final int quotedDestinationPort) {
        final int length = Icmp.HEADER_BYTES + Ipv4.HEADER_BYTES + Udp.HEADER_BYTES;
        begin(source, destination, Ipv4.ICMP, length);
        Icmp.putHeader(at + TRANSPORT, type, 0, 0);
        final long quote = at + TRANSPORT + Icmp.HEADER_BYTES;
        Ipv4.putHeader(quote, 200, 7, false, 60, Ipv4.UDP, quotedSource, quotedDestination);
        Udp.putHeader(quote + Ipv4.HEADER_BYTES, quotedSourcePort, quotedDestinationPort, 180, 0x1234);
        Icmp.putChecksum(at + TRANSPORT, InternetChecksum.of(at + TRANSPORT, length));
        return bytes(TRANSPORT + length);
    }

    byte[] arp(final int operation, final int sender, final int target) {
        Memory.zero(at, Ethernet.MINIMUM_FRAME_BYTES);
        Ethernet.putHeader(at, Ethernet.BROADCAST, sourceMac, Ethernet.TYPE_ARP);
        Arp.put(at + IP, operation, sourceMac, sender, 0, target);
        return bytes(Ethernet.MINIMUM_FRAME_BYTES);
    }

    private void begin(final int source, final int destination, final int protocol, final int length) {
        Memory.zero(at, TRANSPORT + length);
        Ethernet.putHeader(at, destinationMac, sourceMac, Ethernet.TYPE_IPV4);
        Ipv4.putHeader(at + IP, Ipv4.HEADER_BYTES + length, 1, dontFragment, ttl, protocol, source, destination);
    }

    private byte[] bytes(final int length) {
        final byte[] copy = new byte[length];
        Memory.copy(at, copy, 0, length);
        return copy;
    }

    /** Makes the IPv4, ICMP and quoted checksums right as far as the mutated lengths let them be found. */
    byte[] mend(final byte[] frame) {
        if (frame.length < TRANSPORT || frame.length > MOST_BYTES) {
            return frame;
        }
        Memory.copy(frame, 0, at, frame.length);
        final long ip = at + IP;
        final int header = Ipv4.headerLength(ip);
        if (header < Ipv4.HEADER_BYTES || IP + header > frame.length) {
            return frame;
        }
        final int length = Math.min(Ipv4.totalLength(ip), frame.length - IP) - header;
        if (Ipv4.protocol(ip) == Ipv4.ICMP && length >= Icmp.HEADER_BYTES) {
            mendIcmp(ip + header, length);
        }
        Ipv4.putChecksum(ip, 0);
        Ipv4.putChecksum(ip, InternetChecksum.of(ip, header));
        return bytes(frame.length);
    }

    private static void mendIcmp(final long icmp, final int length) {
        final long quote = icmp + Icmp.QUOTE_OFFSET;
        final int room = length - Icmp.QUOTE_OFFSET;
        if (Icmp.isError(Icmp.type(icmp)) && room >= Ipv4.HEADER_BYTES) {
            final int header = Ipv4.headerLength(quote);
            if (header >= Ipv4.HEADER_BYTES && header <= room) {
                Ipv4.putChecksum(quote, 0);
                Ipv4.putChecksum(quote, InternetChecksum.of(quote, header));
            }
        }
        Icmp.putChecksum(icmp, 0);
        Icmp.putChecksum(icmp, InternetChecksum.of(icmp, length));
    }

    @Override
    public void close() {
        slab.close();
    }
}
