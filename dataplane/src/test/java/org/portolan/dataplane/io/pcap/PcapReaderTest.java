package org.portolan.dataplane.io.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapReaderTest {
    private static final byte[] FRAME = new byte[60];

    @TempDir
    private Path directory;

    /** A pcap file in the making, in either byte order. */
    private static final class Draft {
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 12);

        Draft(final ByteOrder order, final int magic, final int link) {
            bytes.order(order).putInt(magic).putShort((short) 2).putShort((short) 4);
            bytes.putLong(0).putInt(65_535).putInt(link);
        }

        Draft() {
            this(ByteOrder.LITTLE_ENDIAN, PcapFormat.NANOSECONDS, PcapFormat.ETHERNET);
        }

        Draft record(final int seconds, final int fraction, final int here, final int wire) {
            bytes.putInt(seconds).putInt(fraction).putInt(here).putInt(wire);
            return this;
        }

        Draft frame() {
            bytes.put(FRAME);
            return this;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    private Path file(final byte[] bytes) throws IOException {
        return Files.write(directory.resolve("a.pcap"), bytes);
    }

    private PcapSummary read(final Draft draft) throws IOException {
        return PcapSummary.of(file(draft.bytes()));
    }

    @ParameterizedTest
    @CsvSource({
        "LITTLE, A1B2C3D4, 250000, 250000000",
        "BIG, A1B2C3D4, 250000, 250000000",
        "LITTLE, A1B23C4D, 250000, 250000",
        "BIG, A1B23C4D, 250000, 250000"
    })
    void shouldReadBothByteOrdersAndBothUnitsOfTime(
            final String order, final String magic, final int fraction, final long ns) throws IOException {
        final ByteOrder byteOrder = order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        final Draft draft = new Draft(byteOrder, Integer.parseUnsignedInt(magic, 16), PcapFormat.ETHERNET)
                .record(1_700_000_000, fraction, FRAME.length, 1_514)
                .frame();
        try (PcapReader reader = new PcapReader(file(draft.bytes()))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.timeNs()).isEqualTo(1_700_000_000_000_000_000L + ns);
            assertThat(reader.length()).isEqualTo(FRAME.length);
            assertThat(reader.isTruncated()).isTrue();
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void shouldReadBackWhatIsWritten() throws IOException {
        final Path file = directory.resolve("b.pcap");
        final Random random = new Random(7);
        try (PcapWriter writer = new PcapWriter(file)) {
            for (int length = 0; length < 300; length++) {
                final byte[] frame = new byte[length];
                random.nextBytes(frame);
                writer.write(4_000_000_000_000_000_001L + length, frame, length);
            }
        }
        random.setSeed(7);
        try (PcapReader reader = new PcapReader(file)) {
            for (int length = 0; length < 300; length++) {
                final byte[] frame = new byte[length];
                random.nextBytes(frame);
                assertThat(reader.next()).isTrue();
                assertThat(reader.timeNs()).isEqualTo(4_000_000_000_000_000_001L + length);
                assertThat(Arrays.copyOf(reader.frame(), reader.length())).isEqualTo(frame);
                assertThat(reader.isTruncated()).isFalse();
            }
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void shouldSayHowManyPacketsThereAreAndFromWhenToWhen() throws IOException {
        final Draft draft = new Draft()
                .record(5, 1, 60, 60)
                .frame()
                .record(5, 1, 60, 60)
                .frame()
                .record(9, 0, 60, 60)
                .frame();
        assertThat(read(draft)).isEqualTo(new PcapSummary(3, 5_000_000_001L, 9_000_000_000L));
        assertThat(read(new Draft())).isEqualTo(new PcapSummary(0, 0, 0));
    }

    @Test
    void shouldNameThePacketInWhichTheFileEnds() throws IOException {
        final byte[] whole = new Draft()
                .record(1, 0, 60, 60)
                .frame()
                .record(1, 0, 60, 60)
                .frame()
                .bytes();
        for (int length = 24; length < whole.length; length++) {
            final Path file = file(Arrays.copyOf(whole, length));
            if (length == 24 || length == 24 + 76) {
                assertThat(PcapSummary.of(file).packets()).isEqualTo(length == 24 ? 0 : 1);
            } else {
                assertThatThrownBy(() -> PcapSummary.of(file))
                        .as("after %d bytes", length)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(
                                file + ": packet %d: the file ends inside its".formatted(length < 24 + 76 ? 1 : 2));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"262145, 262145", "-1, -1", "2147483647, 60", "60, -1"})
    void shouldRefuseLengthsThatNoFrameHas(final int here, final int wire) {
        final Draft draft = new Draft()
                .record(1, 0, 60, 60)
                .frame()
                .record(1, 0, here, wire)
                .frame();
        assertThatThrownBy(() -> read(draft)).hasMessageContaining("a.pcap: packet 2: it claims");
    }

    @Test
    void shouldRefuseTimesThatRunBackwardsAndSayHowToSort() {
        final Draft draft = new Draft()
                .record(2, 0, 60, 60)
                .frame()
                .record(1, 500_000_000, 60, 60)
                .frame();
        assertThatThrownBy(() -> read(draft))
                .hasMessageContaining("packet 2: it is 0.500000 s earlier than the packet before it")
                .hasMessageContaining("reordercap");
    }

    @ParameterizedTest
    @CsvSource({"A1B2C3D4, 1000000", "A1B23C4D, 1000000000", "A1B2C3D4, -1"})
    void shouldRefuseAFractionThatIsASecondOrMore(final String magic, final int fraction) {
        final Draft draft = new Draft(ByteOrder.LITTLE_ENDIAN, Integer.parseUnsignedInt(magic, 16), PcapFormat.ETHERNET)
                .record(1, fraction, 60, 60)
                .frame();
        assertThatThrownBy(() -> read(draft)).hasMessageContaining("packet 1: its time has a fraction");
    }

    @ParameterizedTest
    @CsvSource({"113, link type 113", "0, link type 0", "67108865, check sequence"})
    void shouldReadEthernetOnly(final int link, final String words) {
        final Draft draft = new Draft(ByteOrder.LITTLE_ENDIAN, PcapFormat.NANOSECONDS, link);
        assertThatThrownBy(() -> read(draft)).hasMessageContaining(words);
    }

    @Test
    void shouldSayWhatAnotherKindOfFileIs() throws IOException {
        final byte[] other = new byte[64];
        assertThatThrownBy(() -> PcapSummary.of(file(other)))
                .hasMessageContaining("not a pcap file: it begins with 00000000");
        ByteBuffer.wrap(other).putInt(PcapFormat.PCAPNG);
        assertThatThrownBy(() -> PcapSummary.of(file(other)))
                .hasMessageContaining("pcapng")
                .hasMessageContaining("editcap");
        assertThatThrownBy(() -> PcapSummary.of(file(new byte[7]))).hasMessageContaining("it has 7 bytes");
        final byte[] later = new Draft().bytes();
        later[4] = 3;
        assertThatThrownBy(() -> PcapSummary.of(file(later))).hasMessageContaining("pcap version 3.4");
        assertThatThrownBy(() -> PcapSummary.of(directory.resolve("none"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> PcapSummary.of(directory)).isInstanceOf(IOException.class);
    }

    /** Whatever the bytes are, the answer is a summary or an error that names the file. */
    @Test
    void shouldSurviveAnyBytes() throws IOException {
        final byte[] whole = new Draft()
                .record(1, 0, 60, 60)
                .frame()
                .record(1, 0, 60, 60)
                .frame()
                .bytes();
        final Random random = new Random(42);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            final byte[] bytes = whole.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                PcapSummary.of(file(bytes));
            } catch (final IOException e) {
                assertThat(e).hasMessageContaining("a.pcap: ");
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 4_500);
    }
}
