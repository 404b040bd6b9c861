package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;

class CapturedFramesTest {
    private static final int CLIENT = 0xC000020A;
    private static final int ROUTER = 0xC0000201;
    private static final int SERVER = 0xC6336414;
    private static final long CLIENT_MAC = 0x76C2_E994_1F40L;
    private static final long ROUTER_MAC = 0xF607_B983_1C53L;

    private final FrameAtEdge edge = new FrameAtEdge();
    private final Packet packet = new Packet();

    @AfterEach
    void close() {
        edge.close();
    }

    private long parsed(final byte[] frame) {
        final long address = edge.place(frame);
        final long ip = address + Ethernet.HEADER_BYTES;
        assertThat(Ethernet.check(address, frame.length)).isZero();
        assertThat(Ethernet.type(address)).isEqualTo(Ethernet.TYPE_IPV4);
        assertThat(packet.parse(ip, frame.length - Ethernet.HEADER_BYTES)).isZero();
        return ip;
    }

    @Test
    void shouldReadAnArpRequest() {
        final long frame = edge.place(CapturedFrames.ARP_REQUEST);
        final long arp = frame + Ethernet.HEADER_BYTES;
        assertThat(Ethernet.check(frame, 42)).isZero();
        assertThat(Ethernet.destination(frame)).isEqualTo(Ethernet.BROADCAST);
        assertThat(Ethernet.isGroup(Ethernet.destination(frame))).isTrue();
        assertThat(Ethernet.type(frame)).isEqualTo(Ethernet.TYPE_ARP);
        assertThat(Arp.check(arp, 28)).isZero();
        assertThat(Arp.operation(arp)).isEqualTo(Arp.REQUEST);
        assertThat(Arp.senderMac(arp)).isEqualTo(CLIENT_MAC);
        assertThat(Arp.senderAddress(arp)).isEqualTo(CLIENT);
        assertThat(Arp.targetMac(arp)).isZero();
        assertThat(Arp.targetAddress(arp)).isEqualTo(ROUTER);
        assertThat(Arp.describe(arp)).isEqualTo("ARP who has 192.0.2.1, tell 192.0.2.10 (76:c2:e9:94:1f:40)");
    }

    @Test
    void shouldReadAnArpReply() {
        final long frame = edge.place(CapturedFrames.ARP_REPLY);
        final long arp = frame + Ethernet.HEADER_BYTES;
        assertThat(Ethernet.source(frame)).isEqualTo(ROUTER_MAC);
        assertThat(Ethernet.destination(frame)).isEqualTo(CLIENT_MAC);
        assertThat(Arp.check(arp, 28)).isZero();
        assertThat(Arp.operation(arp)).isEqualTo(Arp.REPLY);
        assertThat(Arp.senderMac(arp)).isEqualTo(ROUTER_MAC);
        assertThat(Arp.targetMac(arp)).isEqualTo(CLIENT_MAC);
        assertThat(Arp.describe(arp)).isEqualTo("ARP 192.0.2.1 is at f6:07:b9:83:1c:53");
    }

    @Test
    void shouldReadAnEchoRequest() {
        final long ip = parsed(CapturedFrames.ECHO_REQUEST);
        assertThat(Ipv4.dontFragment(ip)).isTrue();
        assertThat(Ipv4.isFragment(ip)).isFalse();
        assertThat(Ipv4.identification(ip)).isEqualTo(0xB31B);
        assertThat(Ipv4.ttl(ip)).isEqualTo(64);
        assertThat(Ipv4.checksum(ip)).isEqualTo(0x9B63);
        assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY);
        assertThat(packet.protocol()).isEqualTo(Ipv4.ICMP);
        assertThat(packet.source()).isEqualTo(CLIENT);
        assertThat(packet.destination()).isEqualTo(SERVER);
        assertThat(packet.sourcePort()).isEqualTo(0x1FEE).isEqualTo(packet.destinationPort());
        assertThat(packet.totalLength()).isEqualTo(44);
        assertThat(Icmp.sequence(packet.transport())).isEqualTo(1);
        assertThat(Icmp.describe(packet.transport())).isEqualTo("ICMP type 8 id 8174 seq 1");
    }

    @Test
    void shouldReadAnEchoReply() {
        final long ip = parsed(CapturedFrames.ECHO_REPLY);
        assertThat(Ipv4.dontFragment(ip)).isFalse();
        assertThat(Ipv4.describe(ip)).isEqualTo("IPv4 198.51.100.20 > 192.0.2.10 protocol 1 length 44 ttl 63");
        assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY_REPLY);
        assertThat(packet.source()).isEqualTo(SERVER);
        assertThat(packet.sourcePort()).isEqualTo(0x1FEE);
    }

    @Test
    void shouldNameTheFlowOfAnErrorAsTheErrorTravels() {
        parsed(CapturedFrames.TIME_EXCEEDED);
        assertThat(packet.isIcmpError()).isTrue();
        assertThat(Icmp.type(packet.transport())).isEqualTo(Icmp.TIME_EXCEEDED);
        assertThat(Icmp.code(packet.transport())).isEqualTo(Icmp.CODE_TTL_EXCEEDED);
        assertThat(packet.protocol()).isEqualTo(Ipv4.ICMP);
        assertThat(packet.source()).isEqualTo(SERVER);
        assertThat(packet.destination()).isEqualTo(CLIENT);
        assertThat(packet.sourcePort()).isEqualTo(0x1FEF).isEqualTo(packet.destinationPort());
        assertThat(packet.quoteLength()).isEqualTo(44);
        assertThat(Ipv4.ttl(packet.quote())).isEqualTo(1);
    }

    @Test
    void shouldReadFragmentationNeeded() {
        parsed(CapturedFrames.FRAGMENTATION_NEEDED);
        assertThat(Icmp.type(packet.transport())).isEqualTo(Icmp.DESTINATION_UNREACHABLE);
        assertThat(Icmp.code(packet.transport())).isEqualTo(Icmp.CODE_FRAGMENTATION_NEEDED);
        assertThat(Icmp.nextHopMtu(packet.transport())).isEqualTo(1400);
        assertThat(packet.quoteLength()).isEqualTo(548);
        assertThat(Ipv4.totalLength(packet.quote())).isEqualTo(1478);
    }

    @Test
    void shouldReadPortUnreachableWithTheQuotedPortsSwapped() {
        parsed(CapturedFrames.PORT_UNREACHABLE);
        assertThat(Icmp.code(packet.transport())).isEqualTo(Icmp.CODE_PORT_UNREACHABLE);
        assertThat(packet.protocol()).isEqualTo(Ipv4.UDP);
        assertThat(packet.source()).isEqualTo(SERVER);
        assertThat(packet.sourcePort()).isEqualTo(9999);
        assertThat(packet.destination()).isEqualTo(CLIENT);
        assertThat(packet.destinationPort()).isEqualTo(40000);
        assertThat(packet.quotedTransport() - packet.quote()).isEqualTo(20);
    }

    @Test
    void shouldSkipTheRecordRouteOption() {
        final long ip = parsed(CapturedFrames.ECHO_REQUEST_RECORD_ROUTE);
        assertThat(packet.headerLength()).isEqualTo(60).isEqualTo(Ipv4.headerLength(ip));
        assertThat(packet.transport()).isEqualTo(ip + 60);
        assertThat(Icmp.identifier(packet.transport())).isEqualTo(0x1FF1);
    }

    @Test
    void shouldReadUdp() {
        parsed(CapturedFrames.UDP);
        final long udp = packet.transport();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_UDP);
        assertThat(packet.sourcePort()).isEqualTo(40000);
        assertThat(packet.destinationPort()).isEqualTo(9999);
        assertThat(packet.tcpFlags()).isZero();
        assertThat(Udp.length(udp)).isEqualTo(16);
        assertThat(InternetChecksum.ofTransport(udp, 16, CLIENT, SERVER, Ipv4.UDP))
                .isZero();
        assertThat(Udp.describe(udp)).isEqualTo("UDP 40000 > 9999 length 16");
    }

    @Test
    void shouldReadTheHandshakeAndItsSegmentSizes() {
        parsed(CapturedFrames.TCP_SYN);
        assertThat(packet.kind()).isEqualTo(Packet.KIND_TCP);
        assertThat(packet.tcpFlags()).isEqualTo(Tcp.SYN);
        assertThat(packet.sourcePort()).isEqualTo(0x8856);
        assertThat(packet.destinationPort()).isEqualTo(8080);
        assertThat(Tcp.headerLength(packet.transport())).isEqualTo(40);
        assertThat(Tcp.describe(packet.transport())).isEqualTo("TCP 34902 > 8080 [S] seq 4126661974 ack 0");
        assertThat(Memory.u16(packet.transport() + Tcp.mssOffset(packet.transport())))
                .isEqualTo(1360);

        parsed(CapturedFrames.TCP_SYN_ACK);
        assertThat(packet.tcpFlags()).isEqualTo(Tcp.SYN | Tcp.ACK);
        assertThat(Tcp.acknowledgment(packet.transport())).isEqualTo((int) 4126661975L);
        assertThat(Memory.u16(packet.transport() + Tcp.mssOffset(packet.transport())))
                .isEqualTo(1460);
    }

    @Test
    void shouldFindNoSegmentSizeInTimeStamps() {
        parsed(CapturedFrames.TCP_FIN_ACK);
        assertThat(packet.tcpFlags()).isEqualTo(Tcp.FIN | Tcp.ACK);
        assertThat(Tcp.mssOffset(packet.transport())).isZero();
    }

    @Test
    void shouldFindEveryCapturedTransportChecksumRight() {
        for (final byte[] frame : new byte[][] {
            CapturedFrames.TCP_SYN, CapturedFrames.TCP_SYN_ACK, CapturedFrames.TCP_DATA, CapturedFrames.TCP_FIN_ACK
        }) {
            parsed(frame);
            final int length = packet.totalLength() - packet.headerLength();
            assertThat(InternetChecksum.ofTransport(
                            packet.transport(), length, packet.source(), packet.destination(), Ipv4.TCP))
                    .isZero();
        }
    }
}
