package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachinePausesTest {
    @Test
    void shouldAccountForAllTheTime() throws InterruptedException {
        final MachinePauses.Pauses pauses;
        final long beganNs = System.nanoTime();
        try (MachinePauses meter = new MachinePauses(0)) {
            Thread.sleep(500);
            pauses = meter.stop();
        }
        final double tookMs = (System.nanoTime() - beganNs) / 1e6;
        final double sleptMs =
                pauses.pauses().getTotalCount() * (1 + pauses.pauses().getMean() / 1e6);
        assertThat(sleptMs).isBetween(480.0, tookMs * 1.02 + 2);
        assertThat(pauses.steal()).isBetween(0.0, 1.0);
        assertThat(pauses.toString()).contains("pauses p99 ").contains("steal ");
    }
}
