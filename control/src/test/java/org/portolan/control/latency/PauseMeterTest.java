package org.portolan.control.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PauseMeterTest {
    private static final long MS = 1_000_000;

    private final PauseMeter meter = PauseMeter.of(0);

    private Percentiles total() {
        return meter.track().figures(0).total();
    }

    /** Sleeps back to back, each that late, until a second is full; the time after it. */
    private long second(final long fromNs, final long lateNs) {
        long nowNs = fromNs;
        while (nowNs - fromNs < 1_000 * MS) {
            final long sleptNs = nowNs;
            nowNs += PauseMeter.SLEEP_NS + lateNs;
            meter.woke(sleptNs, nowNs);
        }
        return nowNs;
    }

    @Test
    void shouldRecordHowMuchLongerThanAskedItSlept() {
        second(0, MS / 10);
        assertThat(total().count()).isEqualTo(100);
        assertThat(total().p50Ns()).isBetween(MS / 10, MS / 10 * 101 / 100);
        assertThat(total().maximumNs()).isLessThan(MS);
    }

    @Test
    void shouldCountAPauseAsOftenAsItWouldHaveWokenInIt() {
        meter.woke(0, 510 * MS);
        second(510 * MS, 0);
        final Percentiles total = total();
        assertThat(total.maximumNs()).isBetween(500 * MS, 505 * MS);
        assertThat(total.count()).as("50 in the pause, then 49 or 50").isBetween(99L, 100L);
        assertThat(total.p90Ns())
                .as("a half second of one is a third of the time")
                .isGreaterThan(300 * MS);
    }

    @Test
    void shouldPassOverAWakeUpThatCameEarly() {
        meter.woke(0, 5 * MS);
        meter.woke(5 * MS, 1_005 * MS + PauseMeter.SLEEP_NS);
        assertThat(total().maximumNs()).isBetween(1_000 * MS, 1_010 * MS);
        assertThat(total().p50Ns()).isPositive();
    }

    @Test
    void shouldMeasureByItselfAndEnd() throws InterruptedException {
        final PauseMeter running = PauseMeter.start();
        while (running.track().figures(System.nanoTime()).total().count() < 10) {
            Thread.sleep(10);
        }
        running.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("pauses"));
    }
}
