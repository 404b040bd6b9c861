package org.portolan.control.arp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.arp.ArpRig.HOST;
import static org.portolan.control.arp.ArpRig.HOST_MAC;
import static org.portolan.control.arp.ArpRig.NOW_MS;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.Config;
import org.portolan.control.history.Clocks;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
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

    /** Not even when it stands in the table: what is static is in the router's own file. */
    @Test
    void shouldNotPinWhatStandsInTheHistoryUnderItsNameAndItNeverSaid() throws IOException {
        try (History history = history()) {
            memory().attach(history, rig.arps, NOW_MS);
        }
        final Path path = directory.resolve("state.git");
        try (HistoryRepository repository = HistoryRepository.open(path, "edge-1", micros / 1_000_000);
                Batch batch = repository.batch()) {
            final Binding forged = new Binding(
                    null, new Pin(0x0266_0000_0001L, "root", micros / 1_000_000, new Stamp(micros, "edge-1")));
            final ObjectId tree =
                    batch.edit(batch.treeOf(repository.primary()), Map.of(new BindingKey(0, "office", HOST), forged));
            batch.move(
                    HistoryRepository.PRIMARY,
                    batch.commit(tree, List.of(repository.primary()), "forged\n", micros / 1_000_000));
            batch.finish();
        }
        try (History history = history()) {
            memory().attach(history, rig.arps, NOW_MS);
            assertThat(rig.seen(LAN, HOST)).as("a hint, to be probed").isEqualTo("unconfirmed");
        }
        try (History history = history()) {
            assertThat(history.unheld()).as("the history says that it is over").isEmpty();
        }
    }

    @Test
    void shouldBringBackWhatWasPinned() throws IOException {
        final NeighborMemory first = memory();
        try (History history = history()) {
            first.attach(history, rig.arps, NOW_MS);
            first.changed(LAN, NeighborChange.STATIC_ADDED, NeighborReason.OPERATOR, HOST, 0, HOST_MAC, "root");
        }
        try (History history = history()) {
            memory().attach(history, rig.arps, NOW_MS);
            assertThat(rig.seen(LAN, HOST)).startsWith("static ");
        }
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
