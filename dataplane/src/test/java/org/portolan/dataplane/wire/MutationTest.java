package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * Random and mutated frames against all codecs. Nothing may throw, and what follows the frame may not change an answer:
 * in the checked build ({@code -Dportolan.memory.checked=true}) a read beyond the last byte throws by itself.
 */
class MutationTest {
    private static final int ROUNDS = 300_000;
    private static final long SEED = 0x504F_5254L;

    private final FrameAtEdge edge = new FrameAtEdge();
    private final Packet packet = new Packet();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void shouldNeitherThrowNorReadBeyondTheFrame() {
        final Set<DropReason> seen = EnumSet.noneOf(DropReason.class);
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] frame = round % 16 == 0 ? noise() : mutated();
            edge.trail(0);
            final DropReason reason = FrameBuilder.verdict(edge, packet, frame);
            final long digest = reason == DropReason.NONE ? readAll(frame) : 0;
            seen.add(reason);
            if (!Memory.CHECKED) {
                edge.trail(random.nextInt(1, 256));
                assertThat(FrameBuilder.verdict(edge, packet, frame)).isEqualTo(reason);
                assertThat(reason == DropReason.NONE ? readAll(frame) : 0).isEqualTo(digest);
            }
        }
        assertThat(seen)
                .contains(
                        DropReason.NONE,
                        DropReason.FRAME_TOO_SHORT,
                        DropReason.ARP_MALFORMED,
                        DropReason.IPV4_OPTIONS,
                        DropReason.FRAGMENT_LENGTH,
                        DropReason.FRAGMENT_TINY,
                        DropReason.UDP_LENGTH,
                        DropReason.TCP_LENGTH,
                        DropReason.TCP_FLAGS,
                        DropReason.ICMP_CHECKSUM,
                        DropReason.ICMP_QUOTE);
    }

    @Test
    void shouldKeepEachCheckWithinWhatItWasGiven() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] bytes = noise();
            final long address = edge.place(bytes);
            final int length = bytes.length;
            Ethernet.check(address, length);
            Arp.check(address, length);
            Udp.check(address, length);
            if (Tcp.check(address, length) == 0) {
                assertThat(Tcp.mssOffset(address)).isBetween(0, Tcp.headerLength(address) - 2);
            }
            if (Icmp.check(address, length) == 0) {
                Icmp.describe(address);
            }
            if (Ipv4.check(address, length) == 0) {
                Ipv4.describe(address);
            }
        }
    }

    private byte[] noise() {
        final byte[] frame = new byte[random.nextInt(100)];
        random.nextBytes(frame);
        if (frame.length > 0 && random.nextBoolean()) {
            frame[0] = (byte) (0x45 + random.nextInt(11));
        }
        return frame;
    }

    /** One to four changes to a captured frame; two times in three its checksums are right afterwards. */
    private byte[] mutated() {
        byte[] frame = CapturedFrames.ALL
                .get(random.nextInt(CapturedFrames.ALL.size()))
                .clone();
        for (int change = random.nextInt(1, 5); change > 0; change--) {
            frame = switch (random.nextInt(4)) {
                case 0 -> Arrays.copyOf(frame, random.nextInt(frame.length + 20));
                case 1 -> withLengthOfItsFrame(frame);
                default -> withByte(frame);
            };
        }
        final boolean mendable = frame.length >= 34 && frame.length >= 14 + (frame[14] & 0xF) * 4;
        if (!mendable || frame[12] != 8 || frame[13] != 0 || random.nextInt(3) == 0) {
            return frame;
        }
        final boolean quotes = frame[14] == 0x45 && frame[23] == Ipv4.ICMP && frame.length >= 34 + 8 + 60;
        return quotes
                ? FrameBuilder.of(frame).mendedWithQuote()
                : FrameBuilder.of(frame).mended();
    }

    private byte[] withByte(final byte[] frame) {
        if (frame.length > 0) {
            // The headers matter most: half the changes fall there.
            final int reach = random.nextBoolean() ? Math.min(frame.length, 74) : frame.length;
            frame[random.nextInt(reach)] = (byte) random.nextInt(256);
        }
        return frame;
    }

    private static byte[] withLengthOfItsFrame(final byte[] frame) {
        if (frame.length >= 34) {
            frame[16] = (byte) (frame.length - 14 >>> 8);
            frame[17] = (byte) (frame.length - 14);
        }
        return frame;
    }

    /** Every accessor that an accepted frame opens. */
    private long readAll(final byte[] bytes) {
        final long frame = edge.place(bytes);
        final long ip = frame + Ethernet.HEADER_BYTES;
        long digest = Ethernet.describe(frame).hashCode();
        if (Ethernet.type(frame) == Ethernet.TYPE_ARP) {
            return digest + Arp.describe(ip).hashCode();
        }
        digest = digest * 31 + Ipv4.describe(ip).hashCode() + Ipv4.identification(ip);
        digest = digest * 31 + packet.source() + packet.destination() + packet.sourcePort() + packet.destinationPort();
        if (packet.isFragment()) {
            return digest;
        }
        final long transport = packet.transport();
        digest = digest * 31
                + switch (packet.kind()) {
                    case Packet.KIND_UDP -> Udp.describe(transport).hashCode() + Udp.checksum(transport);
                    case Packet.KIND_TCP -> Tcp.describe(transport).hashCode() + Tcp.mssOffset(transport);
                    case Packet.KIND_ICMP_ERROR ->
                        Icmp.describe(transport).hashCode()
                                + Ipv4.describe(packet.quote()).hashCode()
                                + Memory.longAt(packet.quotedTransport())
                                + packet.quoteLength();
                    case Packet.KIND_OTHER -> packet.protocol();
                    default -> Icmp.describe(transport).hashCode();
                };
        final int length = packet.totalLength() - packet.headerLength();
        return digest * 31
                + InternetChecksum.ofTransport(
                        transport, length, packet.source(), packet.destination(), packet.protocol());
    }
}
