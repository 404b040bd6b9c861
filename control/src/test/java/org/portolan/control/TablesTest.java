package org.portolan.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.neighbor.NeighborTimers;

class TablesTest {
    @TempDir
    private Path directory;

    private NeighborTimers timers(final String more) throws IOException {
        try (ArpRig rig = new ArpRig(directory, more)) {
            return Tables.timers(rig.config);
        }
    }

    @Test
    void shouldUseTheMachinesOwnTimesUnlessTheConfigNamesOthers() throws IOException {
        assertThat(timers("")).isEqualTo(NeighborTimers.defaults());
    }

    /** The machine refuses times that contradict each other; whatever the config may say must not be among them. */
    @ParameterizedTest
    @CsvSource({"5, 5", "3600, 86400", "3600, 5", "5, 86400"})
    void shouldGiveTheMachineTheTimesOfTheConfig(final int reachableS, final int idleS) throws IOException {
        final NeighborTimers timers = timers("[arp]\nreachable = %d\nidle = %d\n".formatted(reachableS, idleS));

        assertThat(timers.reachableMs()).isEqualTo(reachableS * 1_000L);
        assertThat(timers.staleIdleMs()).isEqualTo(idleS * 1_000L);
        assertThat(timers.tries()).isEqualTo(NeighborTimers.defaults().tries());
    }
}
