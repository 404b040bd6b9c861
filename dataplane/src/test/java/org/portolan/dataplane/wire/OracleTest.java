package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.AbstractPacket;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV4EchoPacket;
import org.pcap4j.packet.IcmpV4TimeExceededPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpV4NoOperationOption;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV4Rfc1349Tos;
import org.pcap4j.packet.TcpMaximumSegmentSizeOption;
import org.pcap4j.packet.TcpNoOperationOption;
import org.pcap4j.packet.TcpPacket;
import org.pcap4j.packet.UdpPacket;
import org.pcap4j.packet.UnknownPacket;
import org.pcap4j.packet.namednumber.ArpHardwareType;
import org.pcap4j.packet.namednumber.ArpOperation;
import org.pcap4j.packet.namednumber.EtherType;
import org.pcap4j.packet.namednumber.IcmpV4Code;
import org.pcap4j.packet.namednumber.IcmpV4Type;
import org.pcap4j.packet.namednumber.IpNumber;
import org.pcap4j.packet.namednumber.IpVersion;
import org.pcap4j.packet.namednumber.TcpPort;
import org.pcap4j.packet.namednumber.UdpPort;
import org.pcap4j.util.MacAddress;
import org.portolan.dataplane.memory.Memory;

/** pcap4j builds random packets that our codecs read, and reads what our codecs wrote or rewrote. */
class OracleTest {
    private static final int ROUNDS = 2_000;
    private static final long SEED = 0x9CA9;

    private final FrameAtEdge edge = new FrameAtEdge();
    private final Packet packet = new Packet();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Inet4Address source = address(random.nextInt());
    private final Inet4Address destination = address(random.nextInt());

    @AfterEach
    void close() {
        edge.close();
    }

    private static Inet4Address address(final int bits) {
        try {
            return (Inet4Address)
                    InetAddress.getByAddress(ByteBuffer.allocate(4).putInt(bits).array());
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static int bits(final InetAddress address) {
        return ByteBuffer.wrap(address.getAddress()).getInt();
    }

    private static MacAddress mac(final long mac) {
        return MacAddress.getByAddress(ByteBuffer.allocate(6)
                .putShort((short) (mac >>> 32))
                .putInt((int) mac)
                .array());
    }

    private static long bits(final MacAddress mac) {
        final ByteBuffer bytes = ByteBuffer.wrap(mac.getAddress());
        return (bytes.getShort() & 0xFFFFL) << 32 | bytes.getInt() & 0xFFFF_FFFFL;
    }

    private long hostMac() {
        return random.nextLong() & 0xFEFF_FFFF_FFFFL | 2L << 40;
    }

    private int port() {
        return random.nextInt(1, 65536);
    }

    private UnknownPacket.Builder payload() {
        final byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return new UnknownPacket.Builder().rawData(bytes);
    }

    private UdpPacket.Builder udp() {
        return new UdpPacket.Builder()
                .srcPort(UdpPort.getInstance((short) port()))
                .dstPort(UdpPort.getInstance((short) port()))
                .srcAddr(source)
                .dstAddr(destination)
                .payloadBuilder(payload())
                .correctChecksumAtBuild(true)
                .correctLengthAtBuild(true);
    }

    private TcpPacket.Builder tcp(final int mss) {
        final List<TcpPacket.TcpOption> options = new ArrayList<>();
        for (int padding = random.nextInt(4); padding > 0; padding--) {
            options.add(TcpNoOperationOption.getInstance());
        }
        options.add(new TcpMaximumSegmentSizeOption.Builder()
                .maxSegSize((short) mss)
                .correctLengthAtBuild(true)
                .build());
        return new TcpPacket.Builder()
                .srcPort(TcpPort.getInstance((short) port()))
                .dstPort(TcpPort.getInstance((short) port()))
                .sequenceNumber(random.nextInt())
                .acknowledgmentNumber(random.nextInt())
                .window((short) random.nextInt())
                .syn(true)
                .ack(random.nextBoolean())
                .psh(random.nextBoolean())
                .options(options)
                .srcAddr(source)
                .dstAddr(destination)
                .payloadBuilder(payload())
                .paddingAtBuild(true)
                .correctChecksumAtBuild(true)
                .correctLengthAtBuild(true);
    }

    private AbstractPacket.AbstractBuilder echo(final int identifier) {
        return new IcmpV4CommonPacket.Builder()
                .type(IcmpV4Type.ECHO)
                .code(IcmpV4Code.NO_CODE)
                .payloadBuilder(new IcmpV4EchoPacket.Builder()
                        .identifier((short) identifier)
                        .sequenceNumber((short) random.nextInt())
                        .payloadBuilder(payload()))
                .correctChecksumAtBuild(true);
    }

    private IpV4Packet.Builder ipv4(final IpNumber protocol, final AbstractPacket.AbstractBuilder transport) {
        final List<IpV4Packet.IpV4Option> options = new ArrayList<>();
        for (int padding = random.nextInt(10) == 0 ? random.nextInt(40) : 0; padding > 0; padding--) {
            options.add(IpV4NoOperationOption.getInstance());
        }
        return new IpV4Packet.Builder()
                .version(IpVersion.IPV4)
                .tos(IpV4Rfc1349Tos.newInstance((byte) (random.nextInt(16) << 1)))
                .identification((short) random.nextInt())
                .dontFragmentFlag(random.nextBoolean())
                .ttl((byte) random.nextInt(1, 256))
                .protocol(protocol)
                .srcAddr(source)
                .dstAddr(destination)
                .options(options)
                .payloadBuilder(transport)
                .paddingAtBuild(true)
                .correctChecksumAtBuild(true)
                .correctLengthAtBuild(true);
    }

    /** Places the frame and returns its IPv4 header's address; checks everything that is the same for all protocols. */
    private long read(final IpV4Packet.Builder builder) {
        final long from = hostMac();
        final long to = hostMac();
        final byte[] bytes = new EthernetPacket.Builder()
                .srcAddr(mac(from))
                .dstAddr(mac(to))
                .type(EtherType.IPV4)
                .payloadBuilder(builder)
                .paddingAtBuild(true)
                .build()
                .getRawData();
        final IpV4Packet.IpV4Header expected = builder.build().getHeader();
        final long frame = edge.place(bytes);
        assertThat(Ethernet.check(frame, bytes.length)).isZero();
        assertThat(Ethernet.source(frame)).isEqualTo(from);
        assertThat(Ethernet.destination(frame)).isEqualTo(to);
        final long ip = frame + Ethernet.HEADER_BYTES;
        assertThat(packet.parse(ip, bytes.length - Ethernet.HEADER_BYTES)).isZero();
        assertThat(Ipv4.headerLength(ip)).isEqualTo(expected.length());
        assertThat(Ipv4.totalLength(ip)).isEqualTo(expected.getTotalLengthAsInt());
        assertThat(Ipv4.identification(ip)).isEqualTo(expected.getIdentificationAsInt());
        assertThat(Ipv4.dontFragment(ip)).isEqualTo(expected.getDontFragmentFlag());
        assertThat(Ipv4.ttl(ip)).isEqualTo(expected.getTtlAsInt());
        assertThat(Ipv4.checksum(ip)).isEqualTo(expected.getHeaderChecksum() & 0xFFFF);
        assertThat(Ipv4.source(ip)).isEqualTo(bits(source));
        assertThat(Ipv4.destination(ip)).isEqualTo(bits(destination));
        return ip;
    }

    private EthernetPacket parsed(final long frame) {
        final byte[] bytes = edge.read(frame);
        try {
            return EthernetPacket.newPacket(bytes, 0, bytes.length);
        } catch (final IllegalRawDataException e) {
            throw new AssertionError(e);
        }
    }

    /** What a translation does to a packet's source: address and port, both checksums by the deltas. */
    private void rewriteSource(final long ip, final int address, final int checksumAt) {
        final long transport = packet.transport();
        final int port = port();
        final int addressDelta = InternetChecksum.delta32(packet.source(), address);
        final int delta = InternetChecksum.combine(addressDelta, InternetChecksum.delta16(packet.sourcePort(), port));
        Ipv4.putSource(ip, address);
        Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), addressDelta));
        Memory.putU16(transport, port);
        Memory.putU16(transport + checksumAt, InternetChecksum.update(Memory.u16(transport + checksumAt), delta));
    }

    @Test
    void shouldReadAndRewriteUdp() {
        for (int round = 0; round < ROUNDS; round++) {
            final UdpPacket.Builder builder = udp();
            final UdpPacket.UdpHeader expected = builder.build().getHeader();
            final long ip = read(ipv4(IpNumber.UDP, builder));
            final long udp = packet.transport();
            assertThat(packet.kind()).isEqualTo(Packet.KIND_UDP);
            assertThat(packet.sourcePort()).isEqualTo(expected.getSrcPort().valueAsInt());
            assertThat(packet.destinationPort()).isEqualTo(expected.getDstPort().valueAsInt());
            assertThat(Udp.length(udp)).isEqualTo(expected.getLengthAsInt());
            assertThat(InternetChecksum.ofTransport(udp, Udp.length(udp), bits(source), bits(destination), Ipv4.UDP))
                    .isZero();

            final int address = random.nextInt();
            rewriteSource(ip, address, Udp.CHECKSUM_OFFSET);
            final EthernetPacket rewritten = parsed(ip - Ethernet.HEADER_BYTES);
            assertThat(rewritten.get(IpV4Packet.class).getHeader().hasValidChecksum(false))
                    .isTrue();
            assertThat(rewritten.get(UdpPacket.class).hasValidChecksum(address(address), destination, false))
                    .isTrue();
        }
    }

    @Test
    void shouldReadAndRewriteTcp() {
        for (int round = 0; round < ROUNDS; round++) {
            final int mss = random.nextInt(536, 65536);
            final TcpPacket.Builder builder = tcp(mss);
            final TcpPacket.TcpHeader expected = builder.build().getHeader();
            final long ip = read(ipv4(IpNumber.TCP, builder));
            final long tcp = packet.transport();
            final int length = packet.totalLength() - packet.headerLength();
            assertThat(packet.kind()).isEqualTo(Packet.KIND_TCP);
            assertThat(packet.sourcePort()).isEqualTo(expected.getSrcPort().valueAsInt());
            assertThat(packet.destinationPort()).isEqualTo(expected.getDstPort().valueAsInt());
            assertThat(Tcp.sequence(tcp)).isEqualTo(expected.getSequenceNumber());
            assertThat(Tcp.acknowledgment(tcp)).isEqualTo(expected.getAcknowledgmentNumber());
            assertThat(Tcp.headerLength(tcp)).isEqualTo(expected.length());
            assertThat((packet.tcpFlags() & Tcp.SYN) != 0).isEqualTo(expected.getSyn());
            assertThat((packet.tcpFlags() & Tcp.ACK) != 0).isEqualTo(expected.getAck());
            assertThat((packet.tcpFlags() & Tcp.PSH) != 0).isEqualTo(expected.getPsh());
            assertThat(Memory.u16(tcp + Tcp.mssOffset(tcp))).isEqualTo(mss);
            assertThat(InternetChecksum.ofTransport(tcp, length, bits(source), bits(destination), Ipv4.TCP))
                    .isZero();

            final int address = random.nextInt();
            rewriteSource(ip, address, Tcp.CHECKSUM_OFFSET);
            final EthernetPacket rewritten = parsed(ip - Ethernet.HEADER_BYTES);
            assertThat(rewritten.get(IpV4Packet.class).getHeader().hasValidChecksum(false))
                    .isTrue();
            assertThat(rewritten.get(TcpPacket.class).hasValidChecksum(address(address), destination, false))
                    .isTrue();
        }
    }

    @Test
    void shouldReadAndRewriteEcho() {
        for (int round = 0; round < ROUNDS; round++) {
            final int identifier = random.nextInt(65536);
            final long ip = read(ipv4(IpNumber.ICMPV4, echo(identifier)));
            final long icmp = packet.transport();
            assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY);
            assertThat(packet.sourcePort()).isEqualTo(identifier);

            final int mapped = random.nextInt(65536);
            Icmp.putIdentifier(icmp, mapped);
            Icmp.putChecksum(
                    icmp, InternetChecksum.update(Icmp.checksum(icmp), InternetChecksum.delta16(identifier, mapped)));
            final EthernetPacket rewritten = parsed(ip - Ethernet.HEADER_BYTES);
            assertThat(rewritten.get(IcmpV4CommonPacket.class).hasValidChecksum(false))
                    .isTrue();
            assertThat(rewritten.get(IcmpV4EchoPacket.class).getHeader().getIdentifierAsInt())
                    .isEqualTo(mapped);
        }
    }

    @Test
    void shouldReadTheFlowOfAnErrorSwapped() {
        for (int round = 0; round < ROUNDS; round++) {
            final UdpPacket.Builder quoted = udp();
            final UdpPacket.UdpHeader expected = quoted.build().getHeader();
            read(ipv4(
                    IpNumber.ICMPV4,
                    new IcmpV4CommonPacket.Builder()
                            .type(IcmpV4Type.TIME_EXCEEDED)
                            .code(IcmpV4Code.TIME_TO_LIVE_EXCEEDED)
                            .payloadBuilder(new IcmpV4TimeExceededPacket.Builder()
                                    .payload(ipv4(IpNumber.UDP, quoted).build()))
                            .correctChecksumAtBuild(true)));
            assertThat(packet.isIcmpError()).isTrue();
            assertThat(packet.protocol()).isEqualTo(Ipv4.UDP);
            assertThat(packet.source()).isEqualTo(bits(destination));
            assertThat(packet.destination()).isEqualTo(bits(source));
            assertThat(packet.sourcePort()).isEqualTo(expected.getDstPort().valueAsInt());
            assertThat(packet.destinationPort()).isEqualTo(expected.getSrcPort().valueAsInt());
        }
    }

    @Test
    void shouldReadAndWriteArp() {
        for (int round = 0; round < ROUNDS; round++) {
            final long sender = hostMac();
            final long target = hostMac();
            final boolean request = random.nextBoolean();
            final long frame = edge.place(new byte[Ethernet.HEADER_BYTES + Arp.PACKET_BYTES]);
            final long arp = frame + Ethernet.HEADER_BYTES;
            Ethernet.putHeader(frame, target, sender, Ethernet.TYPE_ARP);
            Arp.put(arp, request ? Arp.REQUEST : Arp.REPLY, sender, bits(source), target, bits(destination));
            final ArpPacket.ArpHeader read = parsed(frame).get(ArpPacket.class).getHeader();
            assertThat(read.getHardwareType()).isEqualTo(ArpHardwareType.ETHERNET);
            assertThat(read.getProtocolType()).isEqualTo(EtherType.IPV4);
            assertThat(read.getHardwareAddrLengthAsInt()).isEqualTo(6);
            assertThat(read.getProtocolAddrLengthAsInt()).isEqualTo(4);
            assertThat(read.getOperation()).isEqualTo(request ? ArpOperation.REQUEST : ArpOperation.REPLY);
            assertThat(bits(read.getSrcHardwareAddr())).isEqualTo(sender).isEqualTo(Arp.senderMac(arp));
            assertThat(bits(read.getDstHardwareAddr())).isEqualTo(target).isEqualTo(Arp.targetMac(arp));
            assertThat(read.getSrcProtocolAddr()).isEqualTo(source);
            assertThat(read.getDstProtocolAddr()).isEqualTo(destination);
            assertThat(Arp.check(arp, Arp.PACKET_BYTES)).isZero();
        }
    }

    @Test
    void shouldWriteHeadersThatOthersRead() {
        for (int round = 0; round < ROUNDS; round++) {
            final int payload = random.nextInt(100);
            final long frame = edge.place(new byte[Ethernet.HEADER_BYTES + 28 + payload]);
            final long ip = frame + Ethernet.HEADER_BYTES;
            final long udp = ip + Ipv4.HEADER_BYTES;
            final int sourcePort = port();
            final int destinationPort = port();
            final int identification = random.nextInt(65536);
            final boolean dontFragment = random.nextBoolean();
            Ethernet.putHeader(frame, hostMac(), hostMac(), Ethernet.TYPE_IPV4);
            Ipv4.putHeader(
                    ip, 28 + payload, identification, dontFragment, 63, Ipv4.UDP, bits(source), bits(destination));
            Udp.putHeader(udp, sourcePort, destinationPort, 8 + payload, 0);
            Udp.putChecksum(
                    udp, InternetChecksum.ofTransport(udp, 8 + payload, bits(source), bits(destination), Ipv4.UDP));

            final EthernetPacket read = parsed(frame);
            final IpV4Packet.IpV4Header header = read.get(IpV4Packet.class).getHeader();
            assertThat(header.hasValidChecksum(false)).isTrue();
            assertThat(header.getTotalLengthAsInt()).isEqualTo(28 + payload);
            assertThat(header.getIdentificationAsInt()).isEqualTo(identification);
            assertThat(header.getDontFragmentFlag()).isEqualTo(dontFragment);
            assertThat(header.getTtlAsInt()).isEqualTo(63);
            assertThat(header.getSrcAddr()).isEqualTo(source);
            assertThat(header.getDstAddr()).isEqualTo(destination);
            final UdpPacket packetRead = read.get(UdpPacket.class);
            assertThat(packetRead.getHeader().getSrcPort().valueAsInt()).isEqualTo(sourcePort);
            assertThat(packetRead.getHeader().getDstPort().valueAsInt()).isEqualTo(destinationPort);
            assertThat(packetRead.hasValidChecksum(source, destination, true)).isTrue();
        }
    }
}
