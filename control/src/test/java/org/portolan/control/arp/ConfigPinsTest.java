package org.portolan.control.arp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.arp.ArpRig.HOST;
import static org.portolan.control.arp.ArpRig.HOST_MAC;
import static org.portolan.control.arp.ArpRig.NOW_MS;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.Remembered;
import org.portolan.dataplane.neighbor.NeighborReason;

class ConfigPinsTest {
    private static final String NEIGHBORS = """
        [[neighbors]]
        interface = "wan"
        address = "203.0.113.1"
        mac = "02:00:00:00:00:99"
        [[neighbors]]
        interface = "lan"
        address = "192.168.1.20"
        mac = "02:50:2a:16:6d:14"
        """;

    @TempDir
    private Path directory;

    /** What the history did before the config has its say. */
    private static Remembered pinned(final ArpRig rig, final int address, final long mac, final String by) {
        rig.arps[0].pin(address, mac, NeighborReason.REMEMBERED, by, NOW_MS);
        return new Remembered(0, address, mac, by);
    }

    private static void apply(final ArpRig rig, final Remembered... remembered) {
        rig.changes.clear();
        new ConfigPins(rig.config, rig.arps, rig.log).apply(List.of(remembered), NOW_MS);
    }

    @Test
    void shouldPinWhatTheConfigNames() throws IOException {
        try (ArpRig rig = new ArpRig(directory, NEIGHBORS)) {
            apply(rig);

            assertThat(rig.seen(0, HOST)).isEqualTo("static 02:50:2a:16:6d:14");
            assertThat(rig.seen(1, 0xCB00_7101)).isEqualTo("static 02:00:00:00:00:99");
            assertThat(rig.changes)
                    .containsExactly(
                            "1 static added 203.0.113.1, config by config",
                            "0 static added 192.168.1.20, config by config");
        }
    }

    @Test
    void shouldTellNothingOfAPinThatTheHistoryBroughtBack() throws IOException {
        try (ArpRig rig = new ArpRig(directory, NEIGHBORS)) {
            apply(rig, pinned(rig, HOST, HOST_MAC, "config"));

            assertThat(rig.changes).containsExactly("1 static added 203.0.113.1, config by config");
        }
    }

    @Test
    void shouldRemoveWhatAnEarlierConfigPinnedAndKeepWhatAnOperatorDid() throws IOException {
        try (ArpRig rig = new ArpRig(directory, NEIGHBORS)) {
            apply(
                    rig,
                    pinned(rig, HOST + 1, HOST_MAC, "config"),
                    pinned(rig, HOST + 2, HOST_MAC, "root"),
                    new Remembered(0, HOST + 3, HOST_MAC, ""));

            assertThat(rig.seen(0, HOST + 1)).isEqualTo("none");
            assertThat(rig.seen(0, HOST + 2)).startsWith("static");
            assertThat(rig.changes).contains("0 static removed 192.168.1.21, config by config");
        }
    }

    @Test
    void shouldSetTheConfigsMacOverAnOperatorsAtStart() throws IOException {
        try (ArpRig rig = new ArpRig(directory, NEIGHBORS)) {
            apply(rig, pinned(rig, HOST, HOST_MAC + 1, "root"));

            assertThat(rig.seen(0, HOST)).isEqualTo("static 02:50:2a:16:6d:14");
        }
    }
}
