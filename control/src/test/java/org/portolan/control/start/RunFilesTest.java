package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.arp.ArpRig;

class RunFilesTest {
    @TempDir
    private Path directory;

    private boolean isOurs(final String more, final String name) throws IOException {
        try (ArpRig rig = new ArpRig(directory, more)) {
            return RunFiles.isOurs(rig.config, name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "counters.dat",
                "counters.dat.new",
                "history.ring",
                "history.ring.new",
                "control.sock",
                "control.sock.lock",
                ".p0123abcd"
            })
    void shouldKnowWhatARouterLeaves(final String name) throws IOException {
        assertThat(isOurs("", name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "control.sock.bak",
                "control.socks",
                "control.sock.lock.new",
                ".newcounters.dat",
                "counters.dat.new.new",
                ".profile",
                ".p0123abcde",
                ".pABCDEF01",
                "router-000001-20260101T000000Z.hlog"
            })
    void shouldNotTakeANameForARoutersThatOnlyResemblesOne(final String name) throws IOException {
        assertThat(isOurs("", name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/run/portolan,true", "/run/portolan/,true", "/run/portolan/latency,false", "/var/lib/portolan,false"})
    void shouldKnowIntervalFilesWhereTheyAreWrittenToTheSameDirectory(final String log, final boolean ours)
            throws IOException {
        assertThat(isOurs("[latency]\nlog = \"%s\"\n".formatted(log), "edge-000001-20260101T000000Z.hlog"))
                .isEqualTo(ours);
    }

    @Test
    void shouldKnowTheDirectoriesThatTheConfigNames() throws IOException {
        final String latency = "[latency]\nlog = \"/run/portolan/a/latency\"\n";
        assertThat(isOurs(latency, "a")).isTrue();
        assertThat(isOurs(latency, "latency")).isFalse();
    }
}
