package org.portolan.control.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.Controller;
import org.portolan.control.verb.Surroundings;
import org.portolan.control.verb.Verbs;
import org.portolan.dataplane.io.pcap.PcapReader;
import org.portolan.dataplane.io.pcap.PcapWriter;

/** The verb, from the words to the files. */
class ReplayTest {
    private static final Path CONFIG = Path.of("src/test/resources/replay/udp/router.toml");
    private static final long ROUTER = 0x0250_C0A8_0101L;
    private static final long OTHER = 0x0200_0000_0099L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path lan;

    @BeforeEach
    void record() throws IOException {
        lan = record("lan.pcap", ROUTER);
    }

    /** 2,000 flows, one each millisecond; each two hosts want the same outside port. */
    private Path record(final String name, final long routerMac) throws IOException {
        final Path file = directory.resolve(name);
        final FrameWords words = new FrameWords(routerMac, 0, 0);
        try (PcapWriter writer = new PcapWriter(file)) {
            for (int i = 0; i < 2_000; i++) {
                final byte[] frame = words.bytes(
                        "udp 192.168.1.%d:%d > 203.0.113.9:53 \"%d\"".formatted(10 + i % 2, 10_000 + i / 2, i));
                writer.write(1_700_000_000_000_000_000L + i * 1_000_000L, frame, frame.length);
            }
        }
        return file;
    }

    private int replay(final String... words) {
        out.reset();
        err.reset();
        final List<String> all = new ArrayList<>(List.of("replay", CONFIG.toString()));
        all.addAll(List.of(words));
        return Verbs.execute(
                all,
                new Surroundings(
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        Map.of(),
                        (config, log) -> 1,
                        Replay.with(Controller::begun)));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path into(final String name, final String... more) {
        final Path to = directory.resolve(name);
        final List<String> words = new ArrayList<>(List.of("--in", "lan=" + lan, "--out", to.toString()));
        words.addAll(List.of(more));
        assertThat(replay(words.toArray(String[]::new))).as(err()).isZero();
        return to;
    }

    private static long counter(final Path result, final String name) throws IOException {
        return Files.readAllLines(result.resolve("counters.txt")).stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void shouldGiveTheSameBytesEachTimeAndOthersWithAnotherSeed() throws IOException {
        final Path first = into("first");
        final Path second = into("second");
        final Path other = into("other", "--seed", "2");
        for (final String name : List.of("lan.pcap", "wan.pcap", "counters.txt")) {
            assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
        }
        assertThat(Files.mismatch(first.resolve("wan.pcap"), other.resolve("wan.pcap")))
                .as("ports come from the seed")
                .isNotNegative();
        assertThat(other.resolve("wan.pcap")).hasSize(Files.size(first.resolve("wan.pcap")));
    }

    @Test
    void shouldKeepItsBooksAndSayWhatItDid() throws IOException {
        final Path result = into("result");
        assertThat(counter(result, "worker.0.received")).isEqualTo(2_000);
        final long drops = Files.readAllLines(result.resolve("counters.txt")).stream()
                .filter(line -> line.contains(".drop."))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .sum();
        assertThat(counter(result, "worker.0.sent")
                        + counter(result, "worker.0.consumed")
                        + counter(result, "worker.0.held")
                        + drops)
                .isEqualTo(2_000);
        assertThat(counter(result, "worker.0.drop.sessions_full")
                        + counter(result, "worker.0.drop.host_sessions_full")
                        + counter(result, "sessions"))
                .as("a host may have half of the table")
                .isEqualTo(2_000);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("replayed 6.999 s: 2,000 frames (lan 2,000, wan 0) in, ")
                .contains("wrote " + result.resolve("lan.pcap"));
    }

    @Test
    void shouldEndWhenItIsAskedTo() throws IOException {
        final Path result = into("result", "--until", "0.0995");
        assertThat(counter(result, "worker.0.received")).isEqualTo(100);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("replayed 0.1");
        try (PcapReader reader = new PcapReader(result.resolve("wan.pcap"))) {
            while (reader.next()) {
                assertThat(reader.timeNs()).isLessThanOrEqualTo(1_700_000_000_099_500_000L);
            }
        }
    }

    @Test
    void shouldTakeAnotherRoutersRecordingUnderItsMac() throws IOException {
        lan = record("other.pcap", OTHER);
        assertThat(counter(into("without"), "worker.0.sent")).isZero();
        assertThat(counter(into("with", "--mac", "lan=02:00:00:00:00:99"), "worker.0.sent"))
                .isPositive();
    }

    @Test
    void shouldRefuseWhatDoesNotFitTheConfigBeforeAnythingIsWritten() {
        final String result = directory.resolve("result").toString();
        assertThat(replay("--in", "dmz=" + lan, "--out", result)).isEqualTo(1);
        assertThat(err()).contains("--in dmz: the config has no interface of that name; it has: lan, wan");
        assertThat(replay("--in", "lan=" + lan, "--mac", "dmz=02:00:00:00:00:99", "--out", result))
                .isEqualTo(1);
        assertThat(err()).contains("--mac dmz");
        assertThat(replay("--in", "lan=" + lan, "--mac", "lan=ff:ff:ff:ff:ff:ff", "--out", result))
                .isEqualTo(2);
        assertThat(err()).contains("no MAC of a host");
        assertThat(replay("--in", "lan=" + lan, "--until", "-1", "--out", result))
                .isEqualTo(2);
        assertThat(replay("--in", "lan=" + lan)).isEqualTo(2);
        assertThat(err()).contains("--out");
        assertThat(replay("--in", "lan=" + directory.resolve("none"), "--out", result))
                .isEqualTo(1);
        assertThat(err()).contains("none: there is no such file");
        assertThat(Path.of(result)).doesNotExist();
    }

    @Test
    void shouldReportADamagedPacketBeforeAnythingIsWritten() throws IOException {
        final byte[] bytes = Files.readAllBytes(lan);
        Files.write(lan, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        final Path result = directory.resolve("result");
        assertThat(replay("--in", "lan=" + lan, "--out", result.toString())).isEqualTo(1);
        assertThat(err()).contains(lan + ": packet 2000: the file ends inside its 60 bytes");
        assertThat(result).doesNotExist();
    }

    @Test
    void shouldNotOverwriteItsInput() throws IOException {
        final byte[] bytes = Files.readAllBytes(lan);
        assertThat(replay("--in", "lan=" + lan, "--out", directory.toString())).isEqualTo(1);
        assertThat(err()).contains("would overwrite the input of lan");
        assertThat(lan).hasBinaryContent(bytes);
    }

    @Test
    void shouldSayThatTheDiskIsFull() throws IOException {
        final Path result = Files.createDirectory(directory.resolve("result"));
        Files.createSymbolicLink(result.resolve("wan.pcap"), Path.of("/dev/full"));
        assertThat(replay("--in", "lan=" + lan, "--out", result.toString())).isEqualTo(1);
        assertThat(err())
                .contains("wan.pcap: cannot be written: No space left on device")
                .doesNotContain("internal error");
    }

    @Test
    void shouldRunWithoutAnyInput() throws IOException {
        final Path result = directory.resolve("result");
        assertThat(replay("--out", result.toString(), "--until", "1")).as(err()).isZero();
        assertThat(counter(result, "worker.0.originated")).isEqualTo(2);
    }
}
