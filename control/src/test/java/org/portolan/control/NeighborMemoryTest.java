package org.portolan.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.ArpRig.HOST;
import static org.portolan.control.ArpRig.HOST_MAC;
import static org.portolan.control.ArpRig.NOW_MS;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.arp.NeighborLog;
import org.portolan.control.config.Config;
import org.portolan.control.history.Clocks;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborReason;

/** What a run leaves to the next one. */
class NeighborMemoryTest {
    private static final int LAN = 0;

    @TempDir
    private Path directory;

    private ArpRig rig;
    private long micros = 1_700_000_000_000_000L;

    @BeforeEach
    void open() throws IOException {
        rig = new ArpRig(directory, "");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private History history() throws IOException {
        return History.open(
                new Config.History(
                        Optional.of(directory.resolve("state.git")), Optional.empty(), List.of(), 365, 1L << 30),
                "edge-1",
                directory.resolve("ring"),
                List.of(new Wire(LAN, "office", "lan"), new Wire(1, "uplink", "wan")),
                heard -> true,
                new Clocks(() -> micros += 1_000_000, () -> micros),
                rig.log);
    }

    private NeighborMemory memory() {
        return new NeighborMemory(new NeighborLog(List.of("lan", "wan"), rig.log), () -> micros);
    }

    private static void learn(final NeighborMemory memory, final int address, final NeighborReason reason) {
        memory.changed(LAN, NeighborChange.LEARNED, reason, address, 0, HOST_MAC, "");
    }

    @Test
    void shouldBringBackWhatWasConfirmedAndEndWhatWasNot() throws IOException {
        final NeighborMemory first = memory();
        try (History history = history()) {
            first.attach(history, rig.arps, NOW_MS);
            learn(first, HOST, NeighborReason.ANSWERED);
            learn(first, HOST + 1, NeighborReason.ASKED_US);
        }
        final NeighborMemory second = memory();
        try (History history = history()) {
            assertThat(history.unconfirmed()).hasSize(1);
            second.attach(history, rig.arps, NOW_MS);
            assertThat(rig.seen(LAN, HOST)).as("not used before it answers").isEqualTo("unconfirmed");
            assertThat(rig.seen(LAN, HOST + 1)).isEqualTo("none");
        }
        try (History history = history()) {
            assertThat(history.unconfirmed())
                    .as("it is over, and not live for good")
                    .isEmpty();
            assertThat(history.remembered())
                    .hasSize(1)
                    .first()
                    .satisfies(each -> assertThat(each.address()).isEqualTo(HOST));
        }
    }
}
