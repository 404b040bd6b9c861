package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a run that is cut short says. */
class ResumptionTest {
    @Test
    void shouldSayTheWholeCommandThatGoesOn() {
        assertThat(Resumption.text("quick", Path.of("/tmp/a/../run 1")).lines())
                .satisfiesExactly(
                        blank -> assertThat(blank).isEmpty(),
                        first -> assertThat(first).isEqualTo("bench quick: the run is not complete; go on with:"),
                        second -> assertThat(second).endsWith("scripts/bench quick --resume '/tmp/run 1'"));
    }

    @Test
    void shouldQuoteOnlyWhatAShellWouldTakeApart() {
        assertThat(Resumption.quoted("/var/tmp/bench-quick-20261129")).isEqualTo("/var/tmp/bench-quick-20261129");
        assertThat(Resumption.quoted("it's")).isEqualTo("'it'\\''s'");
        assertThat(Resumption.quoted("")).isEqualTo("''");
    }
}
