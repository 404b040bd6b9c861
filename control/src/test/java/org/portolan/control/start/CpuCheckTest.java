package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.system.LibcThread;

class CpuCheckTest {
    private static BitSet cpus(final int... numbers) {
        final BitSet cpus = new BitSet();
        for (final int number : numbers) {
            cpus.set(number);
        }
        return cpus;
    }

    @Test
    void shouldAcceptCpusOfTheAffinityMask() {
        assertThat(CpuCheck.refusal(List.of(), cpus(0))).isEmpty();
        assertThat(CpuCheck.refusal(List.of(1), cpus(0, 1))).isEmpty();
    }

    @Test
    void shouldNameTheCpusThatMayNotBeUsedAndThoseThatMay() {
        assertThat(CpuCheck.refusal(List.of(63), cpus(0, 1, 2, 5)))
                .contains("io.cpus: a worker cannot be pinned to CPU 63: this process may use 0-2,5");
    }

    @Test
    void shouldKnowTheMaskOfThisProcess() {
        assertThat(LibcThread.allowedCpus().cardinality())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
