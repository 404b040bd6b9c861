package org.portolan.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuUseTest {
    @Test
    void shouldAddUpTheFirstEightFieldsOfTheSumOfAllCpus() {
        final String stat = "cpu  100 200 300 400 500 600 700 800 100 200\ncpu0 9 9 9 9 9 9 9 9 0 0\n";
        final CpuUse use = CpuUse.of(stat);
        assertThat(use).isEqualTo(new CpuUse(1 + 2 + 3 + 6 + 7, 7, 8, 36));
        assertThat(use.stolenShare()).isEqualTo(8.0 / 36);
        assertThat(use.since(use).busyShare()).isZero();
    }
}
