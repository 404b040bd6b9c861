package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Point.Kind;

class ProgressTest {
    private static final Task PING = new Task(Kind.PING, "", 0, 10);

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final Progress progress = new Progress(new PrintStream(text, true, StandardCharsets.UTF_8), 4);

    private void measure(final int round, final double seconds) {
        final Point point = new Point(Kind.PING, "portolan", "", 0, 0, round);
        progress.begin(PING, point, "Portolan");
        progress.end(
                Kind.PING,
                seconds,
                Measurement.at(point).put(Figure.RTT_AVG_US, 61.25).build());
    }

    @Test
    void shouldGuessByThePlanAtFirstAndByWhatItSawThen() {
        for (int i = 0; i < 3; i++) {
            progress.expect(Kind.PING, 10);
        }
        progress.expect(Kind.TCP, 100);
        assertThat(progress.leftSeconds()).isCloseTo(130, within(0.001));
        measure(1, 40);
        assertThat(progress.leftSeconds()).isCloseTo(2 * 40 + 100, within(0.001));
        measure(2, 20);
        assertThat(progress.leftSeconds()).isCloseTo(30 + 100, within(0.001));
    }

    @Test
    void shouldSayWhatWasMeasuredAndHowLongTheRestTakes() {
        progress.skip(2);
        progress.expect(Kind.PING, 90);
        progress.expect(Kind.PING, 90);
        measure(1, 90);
        measure(2, 90);
        assertThat(text.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("[  3/4] round 1  Portolan")
                                .contains("ping", "61.3 us")
                                .endsWith("about 2 min left"),
                        second ->
                                assertThat(second).startsWith("[  4/4] round 2").endsWith("done"));
    }
}
