package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;

class InternetChecksumTest {
    private static final long SEED = 0x1624;

    private final FrameAtEdge edge = new FrameAtEdge();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @AfterEach
    void close() {
        edge.close();
    }

    /** RFC 1071 section 1 as it is written: 16-bit words, end-around carry, an odd last byte padded on the right. */
    private static int sumByTheBook(final byte[] bytes) {
        int sum = 0;
        for (int at = 0; at < bytes.length; at += 2) {
            final int low = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
            sum += (bytes[at] & 0xFF) << 8 | low;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    private byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    @DisplayName("RFC 1071 section 3: the worked example sums to 0xddf2")
    void shouldSumTheExampleOfRfc1071() {
        final long address = edge.place(HexFormat.of().parseHex("0001f203f4f5f6f7"));
        assertThat(InternetChecksum.sum(address, 8)).isEqualTo(0xDDF2);
        assertThat(InternetChecksum.of(address, 8)).isEqualTo(0x220D);
    }

    @Test
    void shouldSumEveryLengthAtEveryAlignment() {
        for (int length = 0; length <= 130; length++) {
            for (int tail = 0; tail < 8; tail++) {
                final byte[] all = bytes(length + tail);
                final byte[] range = Arrays.copyOf(all, length);
                assertThat(InternetChecksum.sum(edge.place(all), length))
                        .as("%d bytes, %d before the edge", length, tail)
                        .isEqualTo(sumByTheBook(range));
            }
        }
    }

    @Test
    void shouldSumTheLongestPacketOfOnes() {
        final byte[] ones = new byte[65535];
        Arrays.fill(ones, (byte) 0xFF);
        assertThat(InternetChecksum.sum(edge.place(ones), ones.length)).isEqualTo(sumByTheBook(ones));
        final byte[] noise = bytes(65535);
        assertThat(InternetChecksum.sum(edge.place(noise), noise.length)).isEqualTo(sumByTheBook(noise));
    }

    @Test
    void shouldFoldAnyLongToItsRemainder() {
        for (final long sum : new long[] {0, 1, 0xFFFF, 0x1_0000, 0xFFFF_FFFFL, 0x1_0000_0000L, Long.MAX_VALUE, -1}) {
            assertFolds(sum);
        }
        for (int round = 0; round < 100_000; round++) {
            assertFolds(random.nextLong() >>> random.nextInt(64));
        }
    }

    /** Folding keeps the value modulo 65,535, and gives 0 for 0 only. */
    private static void assertFolds(final long sum) {
        final int folded = InternetChecksum.fold(sum);
        assertThat(folded).isBetween(0, 0xFFFF);
        assertThat(folded % 0xFFFF).isEqualTo((int) Long.remainderUnsigned(sum, 0xFFFF));
        assertThat(folded == 0).isEqualTo(sum == 0);
    }

    @Test
    void shouldChecksumHeadersOfEveryLength() {
        for (int length = 20; length <= 60; length += 4) {
            final byte[] header = bytes(length);
            assertThat(InternetChecksum.of(edge.place(header), length)).isEqualTo(~sumByTheBook(header) & 0xFFFF);
        }
    }

    @Test
    void shouldChecksumAHeaderThatWasRead() {
        for (int round = 0; round < 10_000; round++) {
            final byte[] header = bytes(20);
            final long ip = edge.place(header);
            assertThat(InternetChecksum.ofHeader(Memory.u64(ip), Memory.u64(ip + 8), Memory.u32(ip + 16)))
                    .isEqualTo(~sumByTheBook(header) & 0xFFFF);
        }
    }

    @Test
    @DisplayName("RFC 1624 section 4: 0xdd2f with 0x5555 become 0x3285 gives 0x0000, not 0xffff")
    void shouldPassTheExampleOfRfc1624() {
        assertThat(InternetChecksum.update(0xDD2F, InternetChecksum.delta16(0x5555, 0x3285)))
                .isZero();
    }

    @Test
    void shouldUpdateAsRecomputed() {
        for (int round = 0; round < 50_000; round++) {
            final byte[] header = bytes(20);
            header[10] = 0;
            header[11] = 0;
            final long ip = edge.place(header);
            Ipv4.putChecksum(ip, InternetChecksum.of(ip, 20));
            final int source = cornerOrRandom();
            final int delta = InternetChecksum.delta32(Ipv4.source(ip), source);
            final int updated = InternetChecksum.update(Ipv4.checksum(ip), delta);
            Ipv4.putSource(ip, source);
            Ipv4.putChecksum(ip, 0);
            assertThat(updated).isEqualTo(InternetChecksum.of(ip, 20));
        }
    }

    @Test
    void shouldReplaceFieldsOfAHeaderWithTheirChecksumAndNothingElse() {
        for (int round = 0; round < 50_000; round++) {
            final byte[] header = bytes(20);
            header[8] |= 1;
            header[10] = 0;
            header[11] = 0;
            final long ip = edge.place(header);
            Ipv4.putChecksum(ip, InternetChecksum.of(ip, 20));
            final int source = cornerOrRandom();
            final int destination = cornerOrRandom();
            final int ttl = Ipv4.ttl(ip);
            final long addresses = Flow.addresses(source, destination);
            Ipv4.forward(
                    ip, Memory.u32(ip + Ipv4.TTL_OFFSET), addresses, Flow.addressDelta(Ipv4.addresses(ip), addresses));
            final byte[] replaced = new byte[header.length];
            Memory.copy(ip, replaced, 0, replaced.length);

            Memory.copy(header, 0, ip, header.length);
            Ipv4.putSource(ip, source);
            Ipv4.putDestination(ip, destination);
            Ipv4.putTtl(ip, ttl - 1);
            Ipv4.putChecksum(ip, InternetChecksum.of(ip, 20));
            Memory.copy(ip, header, 0, header.length);
            assertThat(replaced).isEqualTo(header);
        }
    }

    private int cornerOrRandom() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> random.nextInt() & 0xFFFF;
            default -> random.nextInt();
        };
    }

    @Test
    @DisplayName("RFC 1624: any 16-bit change keeps a right checksum right, 0x0000 and 0xffff included")
    void shouldKeepRightChecksumsRightAtTheCorners() {
        final int[] corners = {0x0000, 0x0001, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF};
        for (final int fixed : corners) {
            for (final int was : corners) {
                for (final int is : corners) {
                    assertStaysRight(fixed, was, is);
                }
            }
        }
    }

    /** A message of one word that stays, one that changes and its checksum. */
    private void assertStaysRight(final int fixed, final int was, final int is) {
        final long message = edge.place(new byte[6]);
        Memory.putU16(message, fixed);
        Memory.putU16(message + 2, was);
        Memory.putU16(message + 4, InternetChecksum.of(message, 6));
        final int updated = InternetChecksum.update(Memory.u16(message + 4), InternetChecksum.delta16(was, is));
        Memory.putU16(message + 2, is);
        Memory.putU16(message + 4, updated);
        // An all-zero message has no negative zero to sum to; no real packet is one, its pseudo header or version is
        // not 0.
        if (fixed != 0 || is != 0) {
            assertThat(InternetChecksum.of(message, 6))
                    .as("%04x, %04x to %04x", fixed, was, is)
                    .isZero();
        }
    }

    @Test
    void shouldChangeAnyNumberOfFieldsByOneDelta() {
        final byte[] segment = bytes(37);
        final long tcp = edge.place(segment);
        final int inside = random.nextInt();
        final int outside = random.nextInt();
        final int remote = random.nextInt();
        Tcp.putChecksum(tcp, 0);
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, 37, inside, remote, Ipv4.TCP));
        final int before = Tcp.checksum(tcp);
        final int port = Tcp.sourcePort(tcp);
        final int delta = InternetChecksum.combine(
                InternetChecksum.delta32(inside, outside), InternetChecksum.delta16(port, 61_000));
        Tcp.putSourcePort(tcp, 61_000);
        Tcp.putChecksum(tcp, InternetChecksum.update(before, delta));
        assertThat(InternetChecksum.ofTransport(tcp, 37, outside, remote, Ipv4.TCP))
                .isZero();

        Tcp.putSourcePort(tcp, port);
        Tcp.putChecksum(tcp, InternetChecksum.update(Tcp.checksum(tcp), InternetChecksum.reverse(delta)));
        assertThat(InternetChecksum.ofTransport(tcp, 37, inside, remote, Ipv4.TCP))
                .isZero();
        assertThat(Tcp.checksum(tcp)).isEqualTo(before);
    }

    @Test
    void shouldCompleteAPartialChecksumToTheFullOneAfterAnUpdate() {
        for (int round = 0; round < 10_000; round++) {
            final byte[] segment = bytes(20 + random.nextInt(60));
            final long tcp = edge.place(segment);
            final int inside = cornerOrRandom();
            final int outside = cornerOrRandom();
            final int remote = random.nextInt();
            final int partial = InternetChecksum.pseudoHeaderSum(inside, remote, Ipv4.TCP, segment.length);
            Tcp.putChecksum(tcp, InternetChecksum.updatePartial(partial, InternetChecksum.delta32(inside, outside)));
            // What hardware does: sum from the transport on, the partial sum in its place, and complement.
            Tcp.putChecksum(tcp, InternetChecksum.of(tcp, segment.length));
            assertThat(InternetChecksum.ofTransport(tcp, segment.length, outside, remote, Ipv4.TCP))
                    .isZero();
        }
    }

    @Test
    void shouldSumThePseudoHeaderAsWritten() {
        for (int round = 0; round < 10_000; round++) {
            final int source = cornerOrRandom();
            final int destination = cornerOrRandom();
            final int length = random.nextInt(65536);
            final long pseudo = edge.place(new byte[12]);
            Memory.putU32(pseudo, source);
            Memory.putU32(pseudo + 4, destination);
            Memory.putU16(pseudo + 8, Ipv4.UDP);
            Memory.putU16(pseudo + 10, length);
            assertThat(InternetChecksum.pseudoHeaderSum(source, destination, Ipv4.UDP, length))
                    .isEqualTo(InternetChecksum.sum(pseudo, 12));
        }
    }
}
