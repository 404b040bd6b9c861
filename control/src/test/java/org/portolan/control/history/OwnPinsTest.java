package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.neighbor.NeighborChange.EXPIRED;
import static org.portolan.dataplane.neighbor.NeighborChange.LEARNED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_ADDED;
import static org.portolan.dataplane.neighbor.NeighborChange.STATIC_REMOVED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.StockGit;

/**
 * What is static here is what this router's operators pinned, whatever peers say and whatever name they say it under.
 */
@Timeout(60)
class OwnPinsTest {
    private static final int GATEWAY = 0xC0A80301;
    private static final int OTHER = 0xC0A80305;
    private static final long M1 = 0x0250_2A16_6D01L;
    private static final long M2 = 0x0250_2A16_6D02L;
    private static final long EVIL = 0x0266_0000_0001L;

    @TempDir
    private Path directory;

    private HistoryRig rig;
    private Forger forger;

    @BeforeEach
    void begin() throws IOException {
        rig = new HistoryRig(directory, "edge-b", 0);
        forger = new Forger(directory, rig.nowMicros() / 1_000_000);
        rig.pass(60);
    }

    @AfterEach
    void end() throws IOException {
        rig.close();
        forger.close();
        StockGit.requireSound(rig.path());
    }

    private String own() throws IOException {
        return Files.readString(rig.path().resolve("portolan.own"));
    }

    private void restart() throws IOException {
        rig.crash();
        rig.attach();
    }

    /** The case of the report: after a restart all frames for the gateway went to whoever wrote that. */
    @Test
    void shouldNotPinWhatAPeerSaysInOurName() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1).settle();
        forger.pins(GATEWAY, EVIL, 999, "edge-b");
        rig.meet("edge-x", forger.url());
        assertThat(rig.log())
                .contains("peer edge-x")
                .contains("at " + forger.url())
                .contains(
                        "office 192.168.3.1: static 02:66:00:00:00:01 (stamp 999 edge-b), which this router never said");
        assertThat(rig.file(GATEWAY)).doesNotContain("static").contains("mac 02:50:2a:16:6d:01");
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, GATEWAY, M1, ""));
    }

    @Test
    void shouldTakeTheRestOfWhatTheForgerSays() throws IOException {
        forger.pins(GATEWAY, EVIL, rig.nowMicros(), "edge-b").sees(OTHER, M2, 7, "edge-x");
        rig.meet("edge-x", forger.url());
        assertThat(rig.git("ls-tree", "-r", "--name-only", "primary"))
                .contains("192.168.3/5")
                .doesNotContain("192.168.3/1\n");
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, OTHER, M2, ""));
    }

    @Test
    void shouldLeaveOutWhatWasNeverSeenHereAndIsSaidInOurName() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1).settle();
        final String head = rig.head();
        forger.sees(GATEWAY, EVIL, rig.nowMicros(), "edge-b").sees(OTHER, EVIL, rig.nowMicros(), "edge-b");
        rig.meet("edge-x", forger.url());
        assertThat(rig.head()).isEqualTo(head);
        assertThat(rig.heard()).isEmpty();
        assertThat(rig.log()).contains("live 02:66:00:00:00:01").contains("(and 1 more)");
    }

    /** Said once, and again only when it is something else; the meetings between are quiet. */
    @Test
    void shouldSayItOnce() throws IOException {
        forger.pins(GATEWAY, EVIL, 999, "edge-b");
        for (int host = 10; host < 13; host++) {
            forger.sees(GATEWAY + host, M2, host, "edge-x");
            rig.meet("edge-x", forger.url());
        }
        assertThat(rig.log().lines().filter(line -> line.contains("which this router never said")))
                .hasSize(1);
    }

    @Test
    void shouldKeepItsPinWhateverAPeersOperatorPinsOrRemoves() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root")
                .tell(STATIC_ADDED, OTHER, 0, M2, "operator", "root")
                .settle();
        final String head = rig.head();
        final long later = rig.nowMicros() + 1_000_000;
        forger.pins(GATEWAY, 0, later, "edge-x").pins(OTHER, EVIL, later, "edge-x");
        rig.meet("edge-x", forger.url());
        assertThat(rig.head()).isEqualTo(head);
        assertThat(rig.heard()).isEmpty();
        assertThat(rig.log()).as("another operator may pin there").doesNotContain("left out");
        restart();
        assertThat(rig.remembered())
                .containsExactlyInAnyOrder(
                        new Remembered(0, GATEWAY, M1, "root"), new Remembered(0, OTHER, M2, "root"));
        assertThat(rig.head()).isEqualTo(head);
    }

    @Test
    void shouldTakeAnotherRoutersPinAsAHintAndNotRemoveItWithItsOwn() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        forger.pins(GATEWAY, M2, rig.nowMicros() + 1_000_000, "edge-x").pins(OTHER, M2, 5, "edge-x");
        rig.meet("edge-x", forger.url());
        assertThat(rig.heard()).containsExactly(new Hearsay(0, OTHER, M2, false, "edge-x"));
        rig.pass(10).tell(STATIC_REMOVED, GATEWAY, M1, 0, "operator", "root").settle();
        assertThat(rig.file(GATEWAY)).contains("static removed").contains("edge-b");
        rig.tell(STATIC_REMOVED, OTHER, M2, 0, "operator", "root").settle();
        assertThat(rig.file(OTHER)).contains("static 02:50:2a:16:6d:02").contains("edge-x");
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, OTHER, M2, ""));
    }

    /** What was seen here is the better hint: a pin of another router says nothing of this one's wire. */
    @Test
    void shouldRatherAskForWhatItSawThanForWhatAnotherPinned() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1).settle();
        forger.pins(GATEWAY, EVIL, 5, "edge-x");
        rig.meet("edge-x", forger.url());
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, GATEWAY, M1, ""));
    }

    // ---- honest echoes

    @Test
    void shouldTakeTheExpiryOfWhatItSawByARouterThatAskedInVain() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1).settle();
        try (PeerServer server = rig.serve();
                HistoryRig edgeA = new HistoryRig(directory, "edge-a", 60)) {
            edgeA.meet("edge-b", HistoryRig.url(server));
            edgeA.tell(EXPIRED, GATEWAY, M1, 0, "silent", "").settle();
            try (PeerServer back = edgeA.serve()) {
                rig.meet("edge-a", HistoryRig.url(back));
            }
        }
        assertThat(rig.file(GATEWAY)).contains("state expired").contains("edge-b");
        assertThat(rig.log()).doesNotContain("left out");
    }

    @Test
    void shouldNotMindItsOwnOlderRecordsComingBack() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1).settle();
        try (PeerServer server = rig.serve();
                HistoryRig edgeA = new HistoryRig(directory, "edge-a", 60)) {
            edgeA.meet("edge-b", HistoryRig.url(server));
            edgeA.tell(LEARNED, OTHER, 0, M2).settle();
            rig.tell(EXPIRED, GATEWAY, M1, 0)
                    .settle()
                    .tell(LEARNED, GATEWAY, 0, M2)
                    .settle();
            try (PeerServer back = edgeA.serve()) {
                rig.meet("edge-a", HistoryRig.url(back));
            }
        }
        assertThat(rig.file(GATEWAY)).contains("mac 02:50:2a:16:6d:02");
        assertThat(rig.file(OTHER)).contains("edge-a");
        assertThat(rig.log()).doesNotContain("left out");
    }

    /** Its repository is lost, and it begins again under its name: what it saw comes back, what it pinned does not. */
    @Test
    void shouldBeginAgainUnderItsNameWithWhatPeersRemember() throws IOException {
        rig.tell(LEARNED, GATEWAY, 0, M1)
                .tell(STATIC_ADDED, OTHER, 0, M2, "operator", "root")
                .settle();
        try (PeerServer server = rig.serve();
                HistoryRig edgeA = new HistoryRig(directory, "edge-a", 60)) {
            edgeA.meet("edge-b", HistoryRig.url(server));
            try (PeerServer served = edgeA.serve();
                    HistoryRig again = new HistoryRig(directory.resolve("again"), "edge-b", 3_600)) {
                again.tell(LEARNED, OTHER + 1, 0, M1).settle();
                again.meet("edge-a", HistoryRig.url(served)).attach();
                assertThat(again.remembered())
                        .containsExactlyInAnyOrder(
                                new Remembered(0, GATEWAY, M1, ""), new Remembered(0, OTHER + 1, M1, ""));
                assertThat(again.log()).contains("static 02:50:2a:16:6d:02").contains("never said");
                again.tell(STATIC_ADDED, OTHER, 0, M1, "operator", "root").settle();
                try (PeerServer anew = again.serve()) {
                    edgeA.pass(7_200).meet("edge-b", HistoryRig.url(anew));
                }
                assertThat(edgeA.file(OTHER)).contains("static 02:50:2a:16:6d:01");
            }
        }
    }

    /** An operator puts back an old copy: what the router said after it is not known to it any more. */
    @Test
    void shouldTakeWhatItSaidAfterAnOldCopyOnceTheFileIsRemoved() throws IOException {
        rig.tell(LEARNED, OTHER, 0, M2).settle();
        final String old = rig.head();
        rig.pass(60).tell(LEARNED, GATEWAY, 0, M1).settle();
        try (PeerServer server = rig.serve();
                HistoryRig edgeA = new HistoryRig(directory, "edge-a", 600)) {
            edgeA.meet("edge-b", HistoryRig.url(server));
            rig.pass(600).tell(LEARNED, OTHER + 1, 0, M2).settle();
            StockGit.run(rig.path(), "update-ref", "refs/heads/primary", old);
            restart();
            try (PeerServer back = edgeA.serve()) {
                rig.meet("edge-a", HistoryRig.url(back));
                assertThat(rig.log()).contains("office 192.168.3.1: live 02:50:2a:16:6d:01");
                assertThat(rig.remembered()).containsExactly(new Remembered(0, OTHER, M2, ""));
                Files.delete(rig.path().resolve("portolan.own"));
                restart();
                rig.meet("edge-a", HistoryRig.url(back));
                assertThat(rig.file(GATEWAY)).contains("state live");
            }
        }
    }

    @Test
    void shouldBeginWithAPeersMemoryWithoutWhatIsLeftOut() throws IOException {
        forger.pins(GATEWAY, EVIL, 999, "edge-b").sees(OTHER, M2, 7, "edge-x");
        rig.meet("edge-x", forger.url());
        assertThat(rig.git("log", "--format=%s", "primary").lines().toList())
                .containsExactly(
                        "Arp.merge: edge-x into edge-b: 1 entry",
                        "entry added",
                        "entry added",
                        "Arp.create: Initial empty cache");
        assertThat(rig.git("ls-tree", "-r", "--name-only", "primary").lines()).hasSize(2);
    }

    // ---- two routers of one name

    @Test
    void shouldRefuseAnotherRouterOfItsName() throws IOException {
        try (Forger twin = new Forger(directory, "edge-b", rig.nowMicros() / 1_000_000)) {
            twin.sees(GATEWAY, M2, 5, "edge-b");
            assertThatThrownBy(() -> rig.meet("twin", twin.url()))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("peer twin is refused: " + twin.url())
                    .hasMessageContaining("is another router that is named edge-b too")
                    .hasMessageContaining("router.name");
        }
        assertThat(rig.git("for-each-ref")).doesNotContain("remotes");
    }

    @Test
    void shouldRefuseItself() throws IOException {
        try (PeerServer server = rig.serve()) {
            assertThatThrownBy(() -> rig.meet("mirror", HistoryRig.url(server)))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("is router edge-b itself")
                    .hasMessageContaining("history.peers");
        }
    }

    // ---- the file

    @Test
    void shouldTellTheHistoryAgainOfAPinThatACrashKeptOutOfIt() throws IOException {
        rig.tell(LEARNED, OTHER, 0, M2).settle();
        final String head = rig.head();
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        StockGit.run(rig.path(), "update-ref", "refs/heads/primary", head);
        restart();
        assertThat(rig.remembered()).contains(new Remembered(0, GATEWAY, M1, "root"));
        assertThat(rig.file(GATEWAY)).contains("static 02:50:2a:16:6d:01").contains("static-by root");
    }

    @Test
    void shouldTellTheHistoryThatAPinIsOverWhenACrashKeptThatOutOfIt() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        final String head = rig.head();
        rig.tell(STATIC_REMOVED, GATEWAY, M1, 0, "operator", "root").settle();
        StockGit.run(rig.path(), "update-ref", "refs/heads/primary", head);
        restart();
        assertThat(rig.remembered()).isEmpty();
        assertThat(rig.file(GATEWAY)).contains("static removed");
        assertThat(rig.log())
                .contains("office 192.168.3.1 -> 02:50:2a:16:6d:01 by root")
                .contains("portolan arp add");
    }

    @Test
    void shouldKeepPinsOfAnEarlierVersionsRepositoryThatNobodyElseWroteTo() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        Files.delete(rig.path().resolve("portolan.own"));
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, GATEWAY, M1, "root"));
        assertThat(own()).contains("pin arp/0/office/192.168.3/1\nstatic 02:50:2a:16:6d:01\n");
    }

    @Test
    void shouldNotKeepPinsOfAnEarlierVersionsRepositoryThatHadPeers() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        forger.sees(OTHER, M2, 5, "edge-x");
        rig.meet("edge-x", forger.url());
        Files.delete(rig.path().resolve("portolan.own"));
        restart();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, OTHER, M2, ""));
        assertThat(rig.log()).contains("office 192.168.3.1 -> 02:50:2a:16:6d:01 by root");
        assertThat(rig.file(GATEWAY)).contains("static removed");
    }

    @Test
    void shouldSayThatTheFileIsDamagedAndWhatToDo() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        rig.close();
        final Path file = rig.path().resolve("portolan.own");
        final String sound = own();
        for (final String bad :
                List.of("", sound.replace("6d:01", "6d:02"), sound.substring(0, sound.length() - 1), sound + "x\n")) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> rig.open())
                    .as(bad)
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining(file + " is damaged: it is not what was written")
                    .hasMessageContaining("remove it");
            assertThat(file).hasContent(bad);
        }
        Files.writeString(file, sound);
        rig.open();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, GATEWAY, M1, "root"));
    }

    /** All that can be in it comes back as it was. */
    @Test
    void shouldKeepWhoPinnedAndWhen() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root (login alice)").settle();
        final String file = own();
        restart();
        rig.tell(STATIC_ADDED, OTHER, 0, M2, "config", "config").settle();
        assertThat(own()).contains(file.substring(0, file.indexOf("crc")));
        assertThat(rig.remembered())
                .containsExactlyInAnyOrder(
                        new Remembered(0, GATEWAY, M1, "root (login alice)"), new Remembered(0, OTHER, M2, "config"));
        rig.tell(STATIC_REMOVED, GATEWAY, M1, 0, "operator", "root").settle();
        assertThat(own()).doesNotContain("192.168.3/1\n").contains("192.168.3/5\n");
    }

    @Test
    void shouldKeepItsPinsUnderANewName() throws IOException {
        rig.tell(STATIC_ADDED, GATEWAY, 0, M1, "operator", "root").settle();
        rig.rename("edge-9");
        rig.attach();
        assertThat(rig.remembered()).containsExactly(new Remembered(0, GATEWAY, M1, "root"));
        assertThat(own()).contains("router edge-9 ");
        rig.tell(STATIC_REMOVED, GATEWAY, M1, 0, "operator", "root").settle();
        assertThat(rig.file(GATEWAY)).contains("static removed").contains("edge-9");
    }
}
