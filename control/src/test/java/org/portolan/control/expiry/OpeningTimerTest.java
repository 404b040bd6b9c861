package org.portolan.control.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.portolan.control.log.Log;
import org.portolan.dataplane.policy.Timeouts;

/** How the time of unanswered sessions follows the session table. */
class OpeningTimerTest {
    private static final int SESSIONS = 1_000;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.INFO, () -> 0, () -> 0);
    private final OpeningTimer timer = new OpeningTimer(SESSIONS, floor(10), log);

    private static Timeouts floor(final int floorS) {
        return new Timeouts(300, 240, 7_440, 240, 60, 120, 10, floorS, Map.of());
    }

    private List<String> lines() {
        return logged.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int openingS(final int sessions) {
        timer.update(sessions);
        return timer.openingS();
    }

    @Test
    void shouldShortenInProportionFrom80To95PerCent() {
        assertThat(openingS(0)).isEqualTo(240);
        assertThat(openingS(800)).isEqualTo(240);
        assertThat(openingS(875)).isEqualTo(125);
        assertThat(openingS(950)).isEqualTo(10);
        assertThat(openingS(1_000)).isEqualTo(10);
        int before = 240;
        for (int sessions = 0; sessions <= SESSIONS; sessions++) {
            final int now = openingS(sessions);
            assertThat(now).isBetween(before - 2, before);
            before = now;
        }
    }

    @Test
    void shouldLeaveATimeBelowTheFloorAlone() {
        timer.update(1_000);
        assertThat(timer.currentS(10)).isEqualTo(10);
        assertThat(timer.currentS(5)).isEqualTo(5);
        timer.adopt(floor(300));
        assertThat(timer.openingS()).isEqualTo(240);
        timer.adopt(floor(1));
        assertThat(timer.currentS(10)).isEqualTo(1);
    }

    @Test
    void shouldSayWhenItBeginsAndWhenItEndsOnceEach() {
        timer.update(799);
        assertThat(lines()).isEmpty();
        for (int i = 0; i < 100; i++) {
            timer.update(800 + i % 3);
            timer.update(751);
        }
        assertThat(lines())
                .containsExactly("<4>session table is 80 % full: sessions that nobody has answered end sooner, after 10"
                        + " s at 95 %");
        assertThat(timer.times()).isOne();
        timer.update(749);
        assertThat(lines())
                .hasSize(2)
                .last()
                .isEqualTo("<6>session table is less than 75 % full: sessions that nobody has answered have their full"
                        + " time");
        timer.update(900);
        assertThat(timer.times()).isEqualTo(2);
    }
}
