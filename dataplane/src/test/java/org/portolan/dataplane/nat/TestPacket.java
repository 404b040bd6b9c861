package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** A packet in real off-heap memory: built whole, parsed as the pipeline does, its checksums verified from scratch. */
final class TestPacket implements AutoCloseable {
    private static final int CAPACITY = 66_000;

    private final Slab slab = Slab.allocate(CAPACITY, "test packet");
    private final long ip = slab.address();
    private final Packet packet = new Packet();
    private final Random random = new Random(1);

    /** Dotted quad to int. */
    static int ip(final String dotted) {
        int address = 0;
        for (final String part : dotted.split("\\.")) {
            address = address << 8 | Integer.parseInt(part);
        }
        return address;
    }

    TestPacket udp(final int source, final int sourcePort, final int destination, final int destinationPort) {
        return udp(source, sourcePort, destination, destinationPort, 18);
    }

    TestPacket udp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int payload) {
        final int length = Udp.HEADER_BYTES + payload;
        header(Ipv4.UDP, source, destination, length);
        fill(transport() + Udp.HEADER_BYTES, payload);
        Udp.putHeader(transport(), sourcePort, destinationPort, length, 0);
        final int checksum = InternetChecksum.ofTransport(transport(), length, source, destination, Ipv4.UDP);
        Udp.putChecksum(transport(), checksum == 0 ? 0xFFFF : checksum);
        return this;
    }

    TestPacket tcp(
            final int source, final int sourcePort, final int destination, final int destinationPort, final int flags) {
        return tcp(source, sourcePort, destination, destinationPort, flags, 7);
    }

    TestPacket tcp(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags,
            final int payload) {
        final int length = Tcp.HEADER_BYTES + payload;
        header(Ipv4.TCP, source, destination, length);
        fill(transport(), length);
        Tcp.putSourcePort(transport(), sourcePort);
        Tcp.putDestinationPort(transport(), destinationPort);
        Memory.putU8(transport() + Tcp.DATA_OFFSET_OFFSET, 5 << 4);
        Memory.putU8(transport() + Tcp.FLAGS_OFFSET, flags);
        Tcp.putChecksum(transport(), 0);
        Tcp.putChecksum(transport(), InternetChecksum.ofTransport(transport(), length, source, destination, Ipv4.TCP));
        return this;
    }

    /** A segment whose numbers a test has chosen, and whose payload is a test's choice of length without bytes. */
    TestPacket segment(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int flags,
            final int sequence,
            final int acknowledgment,
            final int window,
            final int scale,
            final int payload) {
        final int header = scale < 0 ? Tcp.HEADER_BYTES : Tcp.HEADER_BYTES + 4;
        final int length = header + payload;
        header(Ipv4.TCP, source, destination, length);
        final long tcp = transport();
        Memory.zero(tcp, header);
        Tcp.putSourcePort(tcp, sourcePort);
        Tcp.putDestinationPort(tcp, destinationPort);
        Memory.putU32(tcp + Tcp.SEQUENCE_OFFSET, sequence);
        Memory.putU32(tcp + Tcp.ACKNOWLEDGMENT_OFFSET, acknowledgment);
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, header / 4 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, flags);
        Memory.putU16(tcp + Tcp.WINDOW_OFFSET, window);
        if (scale >= 0) {
            // No operation, then a window scale of 3 bytes.
            Memory.putU32(tcp + Tcp.HEADER_BYTES, 0x0103_0300 | scale);
        }
        return this;
    }

    TestPacket echo(final int type, final int source, final int destination, final int identifier) {
        return echo(type, source, destination, identifier, 11);
    }

    TestPacket echo(final int type, final int source, final int destination, final int identifier, final int payload) {
        final int length = Icmp.HEADER_BYTES + payload;
        header(Ipv4.ICMP, source, destination, length);
        fill(transport() + Icmp.HEADER_BYTES, payload);
        Icmp.putHeader(transport(), type, 0, identifier << 16 | 1);
        Icmp.putChecksum(transport(), InternetChecksum.of(transport(), length));
        return this;
    }

    /**
     * An ICMP error about {@code quoted} as it stands, of which {@code quotedBytes} are quoted and {@code tail}
     * follows.
     */
    TestPacket error(
            final int type,
            final int code,
            final int source,
            final int destination,
            final TestPacket quoted,
            final int quotedBytes,
            final byte[] tail,
            final int rest) {
        final int length = Icmp.HEADER_BYTES + quotedBytes + tail.length;
        header(Ipv4.ICMP, source, destination, length);
        Memory.copy(quoted.ip, transport() + Icmp.QUOTE_OFFSET, quotedBytes);
        Memory.copy(tail, 0, transport() + Icmp.QUOTE_OFFSET + quotedBytes, tail.length);
        Icmp.putHeader(transport(), type, code, rest);
        Icmp.putChecksum(transport(), InternetChecksum.of(transport(), length));
        return this;
    }

    TestPacket error(final int type, final int code, final int source, final int destination, final TestPacket quoted) {
        return error(type, code, source, destination, quoted, Math.min(28, quoted.totalLength()), new byte[0], 0);
    }

    /** A packet of a protocol without ports. */
    TestPacket other(final int protocol, final int source, final int destination, final int payload) {
        header(protocol, source, destination, payload);
        fill(transport(), payload);
        return this;
    }

    private void header(final int protocol, final int source, final int destination, final int length) {
        final int identification = random.nextInt(0x10000);
        Ipv4.putHeader(ip, Ipv4.HEADER_BYTES + length, identification, true, 64, protocol, source, destination);
    }

    private void fill(final long address, final int bytes) {
        for (int at = 0; at < bytes; at++) {
            Memory.putU8(address + at, random.nextInt(256));
        }
    }

    /** Replaces the transport checksum by the uncomplemented pseudo header sum, as a sender with offload leaves it. */
    TestPacket partial() {
        final int sum = InternetChecksum.pseudoHeaderSum(
                Ipv4.source(ip), Ipv4.destination(ip), Ipv4.protocol(ip), transportLength());
        Memory.putU16(transport() + checksumOffset(), sum);
        return this;
    }

    /** What the hardware does with {@link #partial}. */
    TestPacket complete() {
        Memory.putU16(transport() + checksumOffset(), InternetChecksum.of(transport(), transportLength()));
        return this;
    }

    private int checksumOffset() {
        return Ipv4.protocol(ip) == Ipv4.UDP ? Udp.CHECKSUM_OFFSET : Tcp.CHECKSUM_OFFSET;
    }

    /** Parses and returns the packet, which has to be a good one. */
    Packet parsed() {
        assertThat(DropReason.ofCode(parse())).isEqualTo(DropReason.NONE);
        return packet;
    }

    /** 0, or the reason's code. */
    int parse() {
        return packet.parse(ip, totalLength());
    }

    Packet packet() {
        return packet;
    }

    long address() {
        return ip;
    }

    long transport() {
        return ip + Ipv4.headerLength(ip);
    }

    int totalLength() {
        return Ipv4.totalLength(ip);
    }

    int transportLength() {
        return totalLength() - Ipv4.headerLength(ip);
    }

    int source() {
        return Ipv4.source(ip);
    }

    int destination() {
        return Ipv4.destination(ip);
    }

    byte[] bytes() {
        final byte[] bytes = new byte[totalLength()];
        Memory.copy(ip, bytes, 0, bytes.length);
        return bytes;
    }

    /** Every checksum, computed from scratch; a UDP checksum of 0 counts as right. */
    TestPacket shouldHaveRightChecksums() {
        assertThat(InternetChecksum.of(ip, Ipv4.headerLength(ip)))
                .as("IPv4 checksum")
                .isZero();
        final int protocol = Ipv4.protocol(ip);
        final long at = transport();
        if (protocol == Ipv4.ICMP) {
            assertThat(InternetChecksum.of(at, transportLength()))
                    .as("ICMP checksum")
                    .isZero();
        } else if (protocol == Ipv4.TCP || protocol == Ipv4.UDP && Udp.checksum(at) != 0) {
            final int rest = InternetChecksum.ofTransport(at, transportLength(), source(), destination(), protocol);
            assertThat(rest).as("transport checksum").isZero();
        }
        return this;
    }

    @Override
    public void close() {
        slab.close();
    }
}
