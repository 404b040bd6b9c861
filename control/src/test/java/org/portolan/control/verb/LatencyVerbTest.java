package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.view.LatencyRow;

/** {@code latency} as its user sees it, and what {@code --watch} does to a terminal. */
@Timeout(60)
class LatencyVerbTest {
    @TempDir
    private Path directory;

    private VerbRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new VerbRig(directory);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void shouldPrintTheLastSecondAndAllSinceTheStart() {
        assertThat(rig.run("latency")).isZero();
        assertThat(rig.takeOut()).isEqualTo("""
            edge-1, up 1h02m

            last second, us    samples   p50    p90    p99  p99.9    max
            worker 0 outbound    1,234   9.0   12.0   20.5   90.0  120.0
            worker 0 inbound         0     -      -      -      -      -
            machine pauses         100  60.0  100.0  200.0  900.0  950.0

            since the start, us  samples   p50    p90    p99     p99.9       max
            worker 0 outbound    123,456   9.0   12.0   20.5      90.0   1,500.0
            worker 0 inbound          10   7.0    7.0    7.0       7.0       7.0
            machine pauses         9,900  60.0  100.0  200.0  12,000.0  12,345.7

            stalls over 1 ms, us  count   longest
            worker 0                  3  12,400.0

            /var/log/portolan/edge-1-000001-20261123T130211Z.hlog: 55 intervals written, 0 lost
            """);
        assertThat(rig.run("latency", "--once")).isZero();
        assertThat(rig.takeErr()).isEmpty();
    }

    @Test
    void shouldShowInsideTrafficOnlyWhereThereIsSome() {
        rig.view.insideFrames = 5;
        rig.run("latency");
        assertThat(rig.takeOut()).containsPattern("worker 0 inside +0 +-").containsPattern("worker 0 inside +5 +7.0");
    }

    @Test
    void shouldSayThatAWorkerIsSilentAndThatADiskIsFull() {
        rig.view.latencyAgeNs = 12_500_000_000L;
        rig.view.latencyLog =
                Optional.of(new LatencyRow.Files("/var/log/portolan", "", 55, 1_234, "No space left on device"));
        rig.run("latency");
        assertThat(rig.takeOut())
                .contains("worker 0 has handed nothing over for 12s\n")
                .endsWith("no interval files are written: No space left on device; 55 intervals written, 1,234 lost\n");
    }

    @Test
    void shouldPrintOneDocumentOfJson() {
        assertThat(rig.run("latency", "--json")).isZero();
        assertThat(rig.takeOut())
                .hasLineCount(1)
                .startsWith("{\"router\":\"edge-1\",\"uptime_s\":3725,\"workers\":[{\"worker\":0,"
                        + "\"interval_ns\":1000000000,\"age_ns\":400000000,\"stalls\":3,\"longest_stall_ns\":12400000,"
                        + "\"outbound\":{\"last_ns\":{\"samples\":1234,\"p50\":9000,\"p90\":12000,\"p99\":20500,"
                        + "\"p99_9\":90000,\"max\":120000},\"total_ns\":{\"samples\":123456,")
                .endsWith("\"log\":{\"directory\":\"/var/log/portolan\",\"file\":"
                        + "\"/var/log/portolan/edge-1-000001-20261123T130211Z.hlog\",\"written\":55,\"lost\":0,"
                        + "\"error\":null}}\n");
        rig.view.latencyLog = Optional.empty();
        rig.run("latency", "--json");
        assertThat(rig.takeOut()).endsWith("\"log\":null}\n");
    }

    @Test
    void shouldColorOnATerminalOnly() {
        rig.run("latency");
        assertThat(rig.takeOut()).doesNotContain("\u001B");
        rig.terminal = true;
        rig.run("latency");
        assertThat(rig.takeOut()).contains("\u001B[1mlast second, us");
        rig.environment.put("NO_COLOR", "1");
        rig.run("latency");
        assertThat(rig.takeOut()).doesNotContain("\u001B");
    }

    @Test
    void shouldRefuseAWatchThatIsNone() {
        assertThat(rig.run("latency", "--watch", "0")).isEqualTo(2);
        assertThat(rig.takeErr())
                .isEqualTo("portolan latency: --watch 0: allowed: 1 to 86400\nTry: portolan help latency\n");
        assertThat(rig.run("latency", "--watch", "--once")).isEqualTo(2);
        assertThat(rig.takeErr()).startsWith("portolan latency: --once and --watch exclude each other\n");
        assertThat(rig.takeOut()).isEmpty();
    }

    @Test
    void shouldPrintOneAfterTheOtherWhereNobodyLooks() {
        final Reader reader = new Reader(2);
        assertThat(rig.run(reader, "latency", "--watch")).isZero();
        assertThat(reader.writes).isEqualTo(2);
        assertThat(reader.text.toString()).doesNotContain("\u001B").contains("lost\n\nedge-1, up");
    }

    @Test
    void shouldDrawOverTheLastOneOnATerminal() {
        rig.terminal = true;
        rig.environment.put("LINES", "6");
        final Reader reader = new Reader(2);
        assertThat(rig.run(reader, "latency", "--watch", "1")).isZero();
        final String[] screens = reader.text.toString().split("(?=\u001B\\[H)");
        assertThat(screens)
                .hasSize(2)
                .allSatisfy(screen -> assertThat(screen)
                        .startsWith("\u001B[H\u001B[?7l")
                        .endsWith("\u001B[J\u001B[?7h")
                        .hasLineCount(6));
    }

    @Test
    void shouldLeaveAScreenAloneThatSaysNotHowHighItIs() {
        assertThat(RepeatedAnswer.screen("a\nb\n", 0))
                .isEqualTo("\u001B[H\u001B[?7la\u001B[K\nb\u001B[K\n\u001B[J\u001B[?7h");
        assertThat(RepeatedAnswer.screen("a\nb\n", 1)).contains("a").doesNotContain("b");
    }

    /** Leaves after some answers, as a pager that is closed. */
    private static final class Reader extends OutputStream {
        private final StringBuilder text = new StringBuilder();
        private final int most;
        private int writes;

        Reader(final int most) {
            this.most = most;
        }

        @Override
        public void write(final int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            if (writes == most) {
                throw new IOException("Broken pipe");
            }
            writes++;
            text.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }
    }
}
