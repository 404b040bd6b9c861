package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.WalkingTimeIndex;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.wire.Ethernet;

/** What the historian writes is what the queries read: the log by files and the log by words say the same. */
class HistorianQueryTest {
    private static final int HOST = 0xC0A8_0114;
    private static final long MAC = 0x0250_2A16_6D01L;

    @TempDir
    Path directory;

    @Test
    void shouldTellByFilesAndByWordsTheSame() throws IOException {
        try (HistoryRig rig = new HistoryRig(directory)) {
            rig.tell(NeighborChange.LEARNED, HOST, 0, MAC).settle();
            rig.pass(5).tell(NeighborChange.MOVED, HOST, MAC, MAC + 1).settle();
            rig.pass(600)
                    .tell(NeighborChange.REFRESHED, HOST, MAC + 1, MAC + 1)
                    .settle()
                    .pass(4_000)
                    .settle();
            rig.tell(NeighborChange.DUE, HOST, MAC + 1, 0).settle();
            rig.tell(NeighborChange.LEARNED, HOST + 1, 0, MAC + 7).settle();
            rig.pass(2)
                    .tell(NeighborChange.EXPIRED, HOST, MAC + 1, 0, "silent", "")
                    .settle()
                    .pass(4)
                    .settle();
            rig.pass(5)
                    .tell(NeighborChange.STATIC_ADDED, HOST, 0, MAC + 9, "operator", "root")
                    .settle();
            rig.pass(5)
                    .tell(NeighborChange.STATIC_REMOVED, HOST, MAC + 9, 0, "operator", "root")
                    .settle();
            rig.pass(5).tell(NeighborChange.LEARNED, HOST, 0, MAC).settle();
            rig.pass(5)
                    .tell(NeighborChange.FLUSHED, HOST, MAC, 0, "operator", "anna")
                    .settle();
            for (int i = 0; i < 300; i++) {
                rig.tell(NeighborChange.LEARNED, HOST - 100 + i, 0, MAC + 100 + i);
            }
            rig.settle();
            final List<String> words = log(LogQuery.everything(1_000), "192.168.1.20");
            assertThat(log(LogQuery.everything(1_000).ofAddress(HOST), "192.168.1.20"))
                    .isEqualTo(words);
            assertThat(words)
                    .containsExactly(
                            "added -> 02:50:2a:16:6d:c9 by null",
                            "flushed -> 02:50:2a:16:6d:01 by anna",
                            "added -> 02:50:2a:16:6d:01 by null",
                            "static-removed -> 02:50:2a:16:6d:0a by root",
                            "static-added -> 02:50:2a:16:6d:0a by root",
                            "expired -> 02:50:2a:16:6d:02 by null",
                            "moved 02:50:2a:16:6d:01 -> 02:50:2a:16:6d:02 by null",
                            "added -> 02:50:2a:16:6d:01 by null");
            assertThat(log(LogQuery.everything(1_000).andQuiet(), null)).anyMatch(line -> line.startsWith("seen"));
            assertThat(log(LogQuery.everything(1_000).ofAddress(HOST).andQuiet(), "192.168.1.20"))
                    .anyMatch(line -> line.startsWith("seen"));
        }
    }

    private List<String> log(final LogQuery asked, final String address) throws IOException {
        final List<String> lines = new ArrayList<>();
        try (Repository git = new FileRepositoryBuilder()
                .setGitDir(directory.resolve("state.git").toFile())
                .build()) {
            new HistoryQuery(git, new WalkingTimeIndex(git, 16), Tombstones.HORIZON_S, () -> null)
                    .log(asked, () -> {}, entry -> {
                        if (address == null || address.equals(entry.address())) {
                            final String old = entry.macOld() == 0 ? "" : " " + Ethernet.describeMac(entry.macOld());
                            lines.add("%s%s -> %s by %s"
                                    .formatted(entry.kind().word, old, Ethernet.describeMac(entry.mac()), entry.by()));
                        }
                    });
        }
        return lines;
    }
}
