package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.counter.DropReason;

/** For every reason that the codecs can give, frames that are refused for it and for nothing else. */
class RefusalTest {
    private static final Path SOURCES = Path.of("src/main/java/org/portolan/dataplane/wire");

    private final FrameAtEdge edge = new FrameAtEdge();
    private final Packet packet = new Packet();

    @AfterEach
    void close() {
        edge.close();
    }

    static Stream<Arguments> frames() {
        return Stream.of(link(), header(), options(), fragments(), transport(), icmp(), quote())
                .flatMap(frames -> frames);
    }

    private static FrameBuilder udp() {
        return FrameBuilder.of(CapturedFrames.UDP);
    }

    private static FrameBuilder tcp() {
        return FrameBuilder.of(CapturedFrames.TCP_SYN);
    }

    private static FrameBuilder echo() {
        return FrameBuilder.of(CapturedFrames.ECHO_REQUEST);
    }

    private static FrameBuilder error() {
        return FrameBuilder.of(CapturedFrames.PORT_UNREACHABLE);
    }

    private static byte[] arp(final int at, final int value) {
        final byte[] frame = CapturedFrames.ARP_REQUEST.clone();
        frame[14 + at] = (byte) value;
        return frame;
    }

    private static byte[] source(final int firstOctet, final int rest) {
        final byte[] frame = CapturedFrames.UDP.clone();
        Arrays.fill(frame, 6, 12, (byte) rest);
        frame[6] = (byte) firstOctet;
        return frame;
    }

    private static Arguments refused(final DropReason reason, final String because, final byte[] frame) {
        return arguments(reason, because, frame);
    }

    private static Stream<Arguments> link() {
        return Stream.of(
                refused(DropReason.FRAME_TOO_SHORT, "no bytes", new byte[0]),
                refused(DropReason.FRAME_TOO_SHORT, "13 bytes", Arrays.copyOf(CapturedFrames.UDP, 13)),
                refused(DropReason.SOURCE_MAC_INVALID, "zero", source(0, 0)),
                refused(DropReason.SOURCE_MAC_INVALID, "broadcast", source(0xFF, 0xFF)),
                refused(DropReason.SOURCE_MAC_INVALID, "multicast", source(0x01, 0x5E)),
                refused(DropReason.ARP_MALFORMED, "27 bytes", Arrays.copyOf(CapturedFrames.ARP_REQUEST, 41)),
                refused(DropReason.ARP_MALFORMED, "hardware type 6", arp(1, 6)),
                refused(DropReason.ARP_MALFORMED, "protocol type IPv6", arp(2, 0x86)),
                refused(DropReason.ARP_MALFORMED, "hardware size 8", arp(4, 8)),
                refused(DropReason.ARP_MALFORMED, "protocol size 16", arp(5, 16)),
                refused(DropReason.ARP_MALFORMED, "operation 0", arp(7, 0)),
                refused(DropReason.ARP_MALFORMED, "operation 3 (RARP)", arp(7, 3)));
    }

    private static Stream<Arguments> header() {
        return Stream.of(
                refused(DropReason.IPV4_TOO_SHORT, "nothing", Arrays.copyOf(CapturedFrames.UDP, 14)),
                refused(DropReason.IPV4_TOO_SHORT, "19 bytes", Arrays.copyOf(CapturedFrames.UDP, 33)),
                refused(DropReason.IPV4_VERSION, "version 6", udp().ip(0, 0x65).mended()),
                refused(
                        DropReason.IPV4_HEADER_LENGTH,
                        "16 bytes",
                        udp().ip(0, 0x44).unmended()),
                refused(
                        DropReason.IPV4_HEADER_LENGTH,
                        "24 bytes in a frame with 20",
                        Arrays.copyOf(udp().ip(0, 0x46).unmended(), 34)),
                refused(DropReason.IPV4_TOTAL_LENGTH, "19", udp().ip(3, 19).mended()),
                refused(DropReason.IPV4_TOTAL_LENGTH, "0", udp().ip(3, 0).mended()),
                refused(
                        DropReason.IPV4_TOTAL_LENGTH,
                        "one more than the frame",
                        udp().ip(3, 37).mended()),
                refused(DropReason.IPV4_CHECKSUM, "one bit", udp().ip(8, 65).unmended()),
                refused(
                        DropReason.PROTOCOL_UNSUPPORTED,
                        "no protocol",
                        udp().ip(9, 0).mended()));
    }

    private static Stream<Arguments> options() {
        return Stream.of(
                refused(
                        DropReason.IPV4_OPTIONS,
                        "length 0",
                        udp().options(7, 0, 0, 0).mended()),
                refused(
                        DropReason.IPV4_OPTIONS,
                        "length 1",
                        udp().options(7, 1, 0, 0).mended()),
                refused(
                        DropReason.IPV4_OPTIONS,
                        "length beyond the header",
                        udp().options(7, 5, 4, 0).mended()),
                refused(
                        DropReason.IPV4_OPTIONS,
                        "no room for a length",
                        udp().options(1, 1, 1, 7).mended()),
                refused(
                        DropReason.IPV4_SOURCE_ROUTE,
                        "loose",
                        udp().options(131, 3, 4, 0).mended()),
                refused(
                        DropReason.IPV4_SOURCE_ROUTE,
                        "strict, after padding",
                        udp().options(1, 137, 3, 4).mended()));
    }

    /** The word's first byte has MF as 0x20, its second one an offset of up to 255 units. */
    private static Stream<Arguments> fragments() {
        return Stream.of(
                refused(
                        DropReason.FRAGMENT_LENGTH,
                        "9 bytes, and more follows",
                        udp().cutTransport(9).ip(6, 0x20).mended()),
                refused(
                        DropReason.FRAGMENT_LENGTH,
                        "no bytes",
                        udp().cutTransport(0).ip(6, 0).ip(7, 9).mended()),
                refused(
                        DropReason.FRAGMENT_BEYOND,
                        "8 bytes at 65,528",
                        udp().cutTransport(8).ip(6, 0x1F).ip(7, 0xFF).mended()),
                refused(
                        DropReason.FRAGMENT_BEYOND,
                        "a byte more than a total length can say",
                        udp().cutTransport(4).ip(6, 0x1F).ip(7, 0xFD).mended()),
                refused(
                        DropReason.FRAGMENT_TINY,
                        "16 bytes of TCP (RFC 1858)",
                        tcp().cutTransport(16).ip(6, 0x20).mended()),
                refused(
                        DropReason.FRAGMENT_TINY,
                        "TCP without all of its options",
                        tcp().cutTransport(24).ip(6, 0x20).mended()),
                refused(
                        DropReason.FRAGMENT_TINY,
                        "TCP at 8 (RFC 1858)",
                        tcp().ip(6, 0).ip(7, 1).mended()),
                refused(
                        DropReason.FRAGMENT_TINY,
                        "TCP at 16 (RFC 3128)",
                        tcp().ip(6, 0).ip(7, 2).mended()),
                refused(
                        DropReason.FRAGMENT_ICMP_ERROR,
                        "an error's first part",
                        error().cutTransport(32).ip(6, 0x20).mended()),
                refused(
                        DropReason.ICMP_TYPE_UNSUPPORTED,
                        "first part of an address mask query",
                        echo().transport(0, 17).cutTransport(16).ip(6, 0x20).mended()),
                refused(
                        DropReason.UDP_LENGTH,
                        "first part, as long as the whole says it is",
                        udp().ip(6, 0x20).mended()),
                refused(
                        DropReason.PROTOCOL_UNSUPPORTED,
                        "a part of no protocol",
                        udp().ip(9, 0).ip(6, 0).ip(7, 1).mended()));
    }

    private static Stream<Arguments> transport() {
        return Stream.of(
                refused(DropReason.UDP_LENGTH, "7 bytes", udp().cutTransport(7).mended()),
                refused(
                        DropReason.UDP_LENGTH,
                        "field says 7",
                        udp().transport16(4, 7).mended()),
                refused(
                        DropReason.UDP_LENGTH,
                        "field says one more",
                        udp().transport16(4, 17).mended()),
                refused(
                        DropReason.UDP_PORT_ZERO,
                        "source",
                        udp().transport16(0, 0).mended()),
                refused(
                        DropReason.UDP_PORT_ZERO,
                        "destination",
                        udp().transport16(2, 0).mended()),
                refused(
                        DropReason.TCP_LENGTH,
                        "19 bytes",
                        tcp().cutTransport(19).mended()),
                refused(
                        DropReason.TCP_LENGTH,
                        "data offset 4",
                        tcp().transport(12, 0x40).mended()),
                refused(
                        DropReason.TCP_LENGTH,
                        "data offset beyond the packet",
                        tcp().transport(12, 0xB0).mended()),
                refused(
                        DropReason.TCP_PORT_ZERO,
                        "source",
                        tcp().transport16(0, 0).mended()),
                refused(
                        DropReason.TCP_PORT_ZERO,
                        "destination",
                        tcp().transport16(2, 0).mended()),
                refused(DropReason.TCP_FLAGS, "none", tcp().transport(13, 0).mended()),
                refused(
                        DropReason.TCP_FLAGS,
                        "FIN alone",
                        tcp().transport(13, Tcp.FIN).mended()),
                refused(
                        DropReason.TCP_FLAGS,
                        "FIN, PSH, URG",
                        tcp().transport(13, 0x29).mended()),
                refused(
                        DropReason.TCP_FLAGS,
                        "SYN, FIN",
                        tcp().transport(13, 0x03).mended()),
                refused(
                        DropReason.TCP_FLAGS,
                        "SYN, RST, ACK",
                        tcp().transport(13, 0x16).mended()));
    }

    private static Stream<Arguments> icmp() {
        return Stream.of(
                refused(
                        DropReason.ICMP_LENGTH,
                        "7 bytes",
                        echo().cutTransport(7).mended()),
                refused(
                        DropReason.ICMP_LENGTH,
                        "timestamp of 19 bytes",
                        echo().transport(0, Icmp.TIMESTAMP_REQUEST)
                                .cutTransport(19)
                                .mended()),
                refused(DropReason.ICMP_CHECKSUM, "one bit", bitFlipped(echo().mended(), 50)),
                refused(DropReason.ICMP_CHECKSUM, "in an error", bitFlipped(error().mended(), 70)),
                refused(
                        DropReason.ICMP_TYPE_UNSUPPORTED,
                        "redirect",
                        error().transport(0, Icmp.REDIRECT).mended()),
                refused(
                        DropReason.ICMP_TYPE_UNSUPPORTED,
                        "source quench",
                        error().transport(0, Icmp.SOURCE_QUENCH).mended()),
                refused(
                        DropReason.ICMP_TYPE_UNSUPPORTED,
                        "address mask",
                        echo().transport(0, 17).mended()));
    }

    private static byte[] bitFlipped(final byte[] frame, final int at) {
        frame[at] ^= 0x10;
        return frame;
    }

    private static Stream<Arguments> quote() {
        return Stream.of(
                refused(
                        DropReason.ICMP_QUOTE,
                        "19 bytes",
                        error().cutTransport(8 + 19).mended()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "7 bytes after the header",
                        error().cutTransport(8 + 27).mended()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "version 6",
                        error().transport(8, 0x65).mendedWithQuote()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "header of 16 bytes",
                        error().transport(8, 0x44).mended()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "options fill it",
                        error().transport(8, 0x4D).mended()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "total length 27",
                        error().transport16(8 + 2, 27).mendedWithQuote()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "later fragment",
                        error().transport16(8 + 6, 1).mendedWithQuote()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "header checksum",
                        error().transport(8 + 8, 1).mended()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "of no protocol",
                        error().transport(8 + 9, 0).mendedWithQuote()),
                refused(
                        DropReason.ICMP_QUOTE,
                        "an error about an error",
                        FrameBuilder.of(CapturedFrames.TIME_EXCEEDED)
                                .transport(28, Icmp.TIME_EXCEEDED)
                                .mended()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("frames")
    void shouldRefuseWithItsOwnReason(final DropReason reason, final String because, final byte[] frame) {
        assertThat(FrameBuilder.verdict(edge, packet, frame)).isEqualTo(reason);
    }

    @Test
    void shouldHaveAFrameForEveryReasonThatTheCodecsNameAndForNoOther() throws IOException {
        final Set<DropReason> tested = EnumSet.noneOf(DropReason.class);
        frames().forEach(frame -> tested.add((DropReason) frame.get()[0]));
        final Set<DropReason> named = EnumSet.noneOf(DropReason.class);
        final Pattern mention = Pattern.compile("DropReason\\.([A-Z0-9_]+)\\.code");
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (final Path file : files.toList()) {
                final Matcher matcher = mention.matcher(Files.readString(file));
                while (matcher.find()) {
                    named.add(DropReason.valueOf(matcher.group(1)));
                }
            }
        }
        assertThat(tested).isEqualTo(named);
    }

    @Test
    void shouldAcceptWhatIsUnusualButLegal() {
        assertThat(FrameBuilder.verdict(edge, packet, udp().options(1, 1, 1, 0).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(edge, packet, udp().options(0, 7, 0, 0).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(edge, packet, udp().transport16(4, 8).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(
                        edge, packet, tcp().transport(13, Tcp.RST).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(edge, packet, Arrays.copyOf(CapturedFrames.UDP, 60)))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(edge, packet, Arrays.copyOf(CapturedFrames.ARP_REPLY, 60)))
                .isEqualTo(DropReason.NONE);
        assertThat(FrameBuilder.verdict(
                        edge, packet, error().cutTransport(8 + 28).mended()))
                .isEqualTo(DropReason.NONE);
    }

    @Test
    void shouldAcceptFragmentsAndReadPortsOfTheFirstOnly() {
        assertThat(FrameBuilder.verdict(
                        edge, packet, udp().transport16(4, 400).ip(6, 0x20).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(packet.isFragment()).isTrue();
        assertThat(packet.isLaterFragment()).isFalse();
        assertThat(packet.kind()).isEqualTo(Packet.KIND_UDP);
        assertThat(packet.sourcePort()).isPositive();
        assertThat(FrameBuilder.verdict(
                        edge,
                        packet,
                        udp().cutTransport(3).ip(6, 0x1F).ip(7, 0xFD).mended()))
                .as("the last possible byte of a datagram")
                .isEqualTo(DropReason.NONE);
        assertThat(packet.isLaterFragment()).isTrue();
        assertThat(packet.sourcePort()).isZero();
        assertThat(FrameBuilder.verdict(edge, packet, tcp().ip(6, 0).ip(7, 3).mended()))
                .isEqualTo(DropReason.NONE);
        assertThat(packet.tcpFlags()).isZero();
        assertThat(FrameBuilder.verdict(
                        edge, packet, echo().cutTransport(16).ip(6, 0x20).mended()))
                .as("its checksum is over what is not here")
                .isEqualTo(DropReason.NONE);
        assertThat(packet.kind()).isEqualTo(Packet.KIND_QUERY);
        assertThat(FrameBuilder.verdict(edge, packet, CapturedFrames.UDP)).isEqualTo(DropReason.NONE);
        assertThat(packet.isFragment()).isFalse();
        assertThat(packet.needsCare()).isFalse();
    }

    @Test
    void shouldAcceptEveryCapturedFrame() {
        for (final byte[] frame : CapturedFrames.ALL) {
            assertThat(FrameBuilder.verdict(edge, packet, frame)).isEqualTo(DropReason.NONE);
        }
    }

    @Test
    void shouldKnowAddressesThatNobodyHas() {
        for (final int martian : new int[] {0, 0x00FF_FFFF, 0x7F00_0001, 0x7FFF_FFFF, 0xF000_0000, -1}) {
            assertThat(Ipv4.isMartian(martian))
                    .as(Ipv4.describeAddress(martian))
                    .isTrue();
        }
        for (final int host :
                new int[] {0x0100_0000, 0x0A00_0001, 0x7EFF_FFFF, 0x8000_0000, 0xC000_0201, 0xDFFF_FFFF}) {
            assertThat(Ipv4.isMartian(host)).as(Ipv4.describeAddress(host)).isFalse();
            assertThat(Ipv4.isMulticast(host)).isFalse();
        }
        assertThat(Ipv4.isMulticast(0xE000_0001)).isTrue();
        assertThat(Ipv4.isMulticast(0xEFFF_FFFF)).isTrue();
        assertThat(Ipv4.isMulticast(0xF000_0000)).isFalse();
    }
}
