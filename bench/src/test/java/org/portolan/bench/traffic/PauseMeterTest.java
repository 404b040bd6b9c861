package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PauseMeterTest {
    @Test
    void shouldRecordAboutOneSleepAMillisecond() throws InterruptedException {
        final PauseMeter.Pauses pauses;
        try (PauseMeter meter = new PauseMeter(0)) {
            Thread.sleep(500);
            pauses = meter.stop();
        }
        assertThat(pauses.pauses().getTotalCount()).isBetween(10L, 500L);
        assertThat(pauses.pauses().getMinValue()).isZero();
        assertThat(pauses.steal()).isBetween(0.0, 1.0);
        assertThat(pauses.irq()).isBetween(0.0, 1.0);
        assertThat(pauses.toString()).contains("pauses p99 ").contains("steal ");
    }

    @Test
    void shouldAddUpTheFirstEightFieldsOfTheSumOfAllCpus() {
        final String stat = "cpu  1 2 3 4 5 6 7 8 100 200\ncpu0 9 9 9 9 9 9 9 9 0 0\n";
        assertThat(PauseMeter.CpuTicks.of(stat)).isEqualTo(new PauseMeter.CpuTicks(36, 6, 8));
    }
}
