package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.wire.FrameAtEdge;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/** The first look at a frame, as a table: what is changed in a good frame, and the verdict. */
class ClassifierTest {
    private static final long MAC = 0x0250_2A16_6D01L;
    private static final long HOST_MAC = 0x0250_2A16_6D02L;
    private static final int ROUTER = ip(192, 168, 1, 1);
    private static final int HOST = ip(192, 168, 1, 20);
    private static final int SERVER = ip(198, 51, 100, 7);
    private static final int IP = 14;

    private final Port port = new Port(0, "lan", false, 0, ROUTER, 24, null, null, null, null, MAC, 1_500);
    private final TestFrames frames = new TestFrames(HOST_MAC, MAC);
    private final FrameAtEdge edge = new FrameAtEdge();
    private final Frame frame = new Frame();
    private final Transit transit = new Transit(frame);
    private final Packet packet = transit.packet();

    @AfterEach
    void close() {
        frames.close();
        edge.close();
    }

    private int classify(final byte[] bytes, final long offload, final int state) {
        frame.set(edge.place(bytes), bytes.length, offload, 0, state);
        transit.begin(port, false);
        return Classifier.classify(transit);
    }

    private int classify(final byte[] bytes) {
        return classify(bytes, Offload.NONE, 0);
    }

    private byte[] good() {
        return frames.udp(HOST, 5_000, SERVER, 53, 20);
    }

    private byte[] from(final int source) {
        return frames.udp(source, 5_000, SERVER, 53, 20);
    }

    private byte[] to(final int destination) {
        return frames.udp(HOST, 5_000, destination, 53, 20);
    }

    private static UnaryOperator<byte[]> bytes(final int at, final int... values) {
        return frame -> {
            for (int i = 0; i < values.length; i++) {
                frame[at + i] = (byte) values[i];
            }
            return frame;
        };
    }

    private static UnaryOperator<byte[]> cut(final int length) {
        return frame -> Arrays.copyOf(frame, length);
    }

    private static Stream<Arguments> ethernet() {
        return Stream.of(
                Arguments.of("no bytes", cut(0), DropReason.FRAME_TOO_SHORT),
                Arguments.of("13 bytes", cut(13), DropReason.FRAME_TOO_SHORT),
                Arguments.of("a header alone", cut(14), DropReason.IPV4_TOO_SHORT),
                Arguments.of("another host's MAC", bytes(5, 9), DropReason.OTHER_HOST),
                Arguments.of("our own MAC as source", bytes(11, 1), DropReason.OWN_SOURCE_MAC),
                Arguments.of("a multicast source", bytes(6, 3), DropReason.SOURCE_MAC_INVALID),
                Arguments.of("a source of zeros", bytes(6, 0, 0, 0, 0, 0, 0), DropReason.SOURCE_MAC_INVALID),
                Arguments.of("IPv6", bytes(12, 0x86, 0xDD), DropReason.ETHERTYPE_UNSUPPORTED),
                Arguments.of("a length, not a type", bytes(12, 0, 46), DropReason.ETHERTYPE_UNSUPPORTED),
                Arguments.of("a service tag", bytes(12, 0x88, 0xA8), DropReason.VLAN_TAGGED),
                Arguments.of("broadcast", bytes(0, 255, 255, 255, 255, 255, 255), DropReason.LINK_BROADCAST),
                Arguments.of("multicast", bytes(0, 1, 0, 0x5E, 0, 0, 1), DropReason.LINK_BROADCAST),
                Arguments.of("ARP that is IPv4", bytes(12, 0x08, 0x06), DropReason.ARP_MALFORMED));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("ethernet")
    void shouldDropWhatTheEthernetHeaderForbids(
            final String what, final UnaryOperator<byte[]> change, final DropReason reason) {
        assertThat(DropReason.ofCode(classify(change.apply(good())))).as(what).isEqualTo(reason);
    }

    private static Stream<Arguments> addresses() {
        final DropReason source = DropReason.MARTIAN_SOURCE;
        return Stream.of(
                Arguments.of("from loopback", ip(127, 0, 0, 1), SERVER, source),
                Arguments.of("from nowhere", 0, SERVER, source),
                Arguments.of("from 240/4", ip(240, 0, 0, 1), SERVER, source),
                Arguments.of("from multicast", ip(224, 0, 0, 1), SERVER, source),
                Arguments.of("from 169.254/16", ip(169, 254, 1, 1), SERVER, source),
                Arguments.of("from the router's own address", ROUTER, SERVER, source),
                Arguments.of("from the subnet's broadcast", ip(192, 168, 1, 255), SERVER, source),
                Arguments.of("to multicast", HOST, ip(224, 0, 0, 251), DropReason.MULTICAST_DESTINATION),
                Arguments.of("to everybody", HOST, -1, DropReason.BROADCAST_DESTINATION),
                Arguments.of("to the subnet", HOST, ip(192, 168, 1, 255), DropReason.BROADCAST_DESTINATION),
                Arguments.of("to loopback", HOST, ip(127, 0, 0, 1), DropReason.MARTIAN_DESTINATION),
                Arguments.of("to 169.254/16", HOST, ip(169, 254, 1, 1), DropReason.MARTIAN_DESTINATION));
    }

    @ParameterizedTest(name = "{0}: {3}")
    @MethodSource("addresses")
    void shouldDropAddressesThatCannotBe(
            final String what, final int source, final int destination, final DropReason reason) {
        assertThat(DropReason.ofCode(classify(frames.udp(source, 5_000, destination, 53, 20))))
                .as(what)
                .isEqualTo(reason);
    }

    /**
     * Order matters to an operator: the narrowest cause counts, and a multicast address in a group frame is routing.
     */
    @Test
    void shouldNameTheAddressBeforeTheFrameThatBroughtIt() {
        final byte[] everybody = bytes(0, 255, 255, 255, 255, 255, 255).apply(to(-1));
        assertThat(classify(everybody)).isEqualTo(DropReason.BROADCAST_DESTINATION.code);
        final byte[] loopback = bytes(0, 255, 255, 255, 255, 255, 255).apply(from(ip(127, 0, 0, 1)));
        assertThat(classify(loopback)).isEqualTo(DropReason.MARTIAN_SOURCE.code);
    }

    @Test
    void shouldParseEachKind() {
        assertThat(classify(good())).isZero();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_UDP);
        assertThat(packet.source()).isEqualTo(HOST);
        assertThat(packet.destinationPort()).isEqualTo(53);
        assertThat(classify(frames.tcp(HOST, 5_000, SERVER, 80, Tcp.SYN))).isZero();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_TCP);
        assertThat(classify(frames.echo(HOST, SERVER, Icmp.ECHO_REQUEST, 7))).isZero();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY);
        assertThat(classify(frames.echo(HOST, SERVER, Icmp.ECHO_REPLY, 7))).isZero();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY_REPLY);
        assertThat(classify(frames.error(HOST, SERVER, Icmp.TIME_EXCEEDED, SERVER, 53, HOST, 5_000)))
                .isZero();
        assertThat(packet.isIcmpError()).isTrue();
    }

    @Test
    void shouldSendArpToControl() {
        assertThat(classify(frames.arp(1, HOST, ROUTER))).isEqualTo(Classifier.ARP);
    }

    @Test
    void shouldBelieveTheKernelAboutTagsAndCutFrames() {
        assertThat(classify(good(), Offload.NONE, Frame.VLAN_TAGGED)).isEqualTo(DropReason.VLAN_TAGGED.code);
        assertThat(classify(good(), Offload.NONE, Frame.TRUNCATED)).isEqualTo(DropReason.FRAME_TRUNCATED.code);
        assertThat(classify(good(), Offload.NONE, Frame.VLAN_TAGGED | Frame.TRUNCATED))
                .as("what is cut off cannot be judged")
                .isEqualTo(DropReason.FRAME_TRUNCATED.code);
    }

    @Test
    void shouldRefuseOffloadThatDoesNotFitThePacket() {
        final long udp = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, IP + Ipv4.HEADER_BYTES, 6);
        assertThat(classify(good(), udp, 0)).isZero();
        assertThat(classify(frames.tcp(HOST, 5_000, SERVER, 80, Tcp.SYN), udp, 0))
                .as("a UDP checksum in a TCP segment")
                .isEqualTo(DropReason.OFFLOAD_MALFORMED.code);
        final long early = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, IP + Ipv4.HEADER_BYTES - 2, 6);
        assertThat(classify(good(), early, 0)).isEqualTo(DropReason.OFFLOAD_MALFORMED.code);
    }

    /** Each length that a frame can be cut to has a verdict, and nothing beyond its last byte is read. */
    @Test
    void shouldGiveEveryCutFrameAReason() {
        final byte[] whole = frames.tcp(HOST, 5_000, SERVER, 80, Tcp.SYN);
        for (int length = 0; length < whole.length; length++) {
            assertThat(classify(Arrays.copyOf(whole, length)))
                    .as("%d bytes", length)
                    .isPositive();
        }
        assertThat(classify(whole)).isZero();
    }
}
