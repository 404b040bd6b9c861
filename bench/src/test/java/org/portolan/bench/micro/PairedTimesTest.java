package org.portolan.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Two builds beside each other; here both are this one, and the figures are nobody's. */
class PairedTimesTest {
    @Test
    void shouldTimeBothBuildsAndCheckTheirWork() throws IOException {
        try (Build other = Build.current();
                Build ours = Build.current();
                Build.Subject theirs = other.pipeline(Transport.TCP, FlowDirection.INBOUND, 1_024);
                Build.Subject subject = ours.pipeline(Transport.TCP, FlowDirection.INBOUND, 1_024)) {
            final PairedTimes times = PairedTimes.take(theirs, subject, 3, 1_000_000, 1);
            assertThat(times.otherNs()).isPositive();
            assertThat(times.thisNs()).isPositive();
            assertThat(times.ratio()).isBetween(times.lowest(), times.highest());
        }
    }

    @Test
    void shouldTimeNewSessionsAndEndThemAgain() throws IOException {
        try (Build ours = Build.current();
                Build.Subject one = ours.newSessions(1_024);
                Build.Subject other = ours.newSessions(1_024)) {
            assertThat(PairedTimes.take(one, other, 2, 1, 0).ratio()).isPositive();
        }
    }

    @Test
    void shouldSayThatAFileIsNoBuild() throws IOException {
        try (Build none = Build.of(Path.of("some.jar"))) {
            assertThatThrownBy(() -> none.pipeline(Transport.UDP, FlowDirection.OUTBOUND, 1_024))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("some.jar has no PipelineBenchmark");
        }
    }

    /** Of the binomial distribution's tables: 40 values, ranks 14 to 27; 100 values, 40 to 61. */
    @Test
    void shouldLeaveOutTheRightNumberOfExtremes() {
        assertThat(PairedTimes.rank(40)).isEqualTo(13);
        assertThat(PairedTimes.rank(100)).isEqualTo(40);
        assertThat(PairedTimes.rank(3)).isZero();
        assertThat(PairedTimes.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
        assertThat(PairedTimes.median(new double[] {9, 1, 3})).isEqualTo(3);
    }
}
