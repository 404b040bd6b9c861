package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.portolan.control.history.peer.RawHistory.File;

/** What a peer may hold that is not a history. */
@Timeout(60)
final class BadHistoryTest extends RefusalRig {
    private record Content(String name, Function<RawHistory, ObjectId> make, String because) {
        Content because(final String other) {
            return new Content(name, make, other);
        }
    }

    private static Content files(final String name, final Consumer<Map<String, File>> change, final String because) {
        return new Content(name, raw -> raw.commit(raw.tree(raw.good(change))), because);
    }

    private static Content text(final String name, final String text, final String because) {
        return new Content(
                name,
                raw -> raw.commit(
                        raw.tree(Map.of("portolan", raw.file(RawHistory.SCHEMA), RawHistory.ADDRESS, raw.file(text)))),
                because);
    }

    private static Content path(final String path) {
        return new Content(
                "path " + path,
                raw -> raw.commit(raw.tree(raw.good(files -> files.put(path, raw.file(RawHistory.LIVE))))),
                "has no place in a history");
    }

    private static Content mode(final String name, final FileMode mode) {
        return new Content(
                name,
                raw -> raw.commit(raw.tree(raw.good(
                        files -> files.put("arp/0/office/192.168.1/9", new File(mode, raw.blob(RawHistory.LIVE)))))),
                "a history holds plain files in directories only");
    }

    private static Content commit(final String name, final Function<RawHistory, ObjectId> make, final String because) {
        return new Content(name, make, because);
    }

    private static Stream<Content> contents() {
        return Stream.of(
                commit(
                        "another repository",
                        raw -> raw.commit(raw.tree(Map.of("readme", raw.file("x")))),
                        "no Portolan history"),
                commit("nothing", raw -> raw.commit(raw.tree(Map.of())), "no Portolan history"),
                commit(
                        "another schema",
                        raw -> raw.commit(raw.tree(Map.of("portolan", raw.file("schema 2\n")))),
                        "has schema version 2, and this program reads 1"),
                path("readme").because("no Portolan history"),
                path("arp/0/office/192.168.1/256"),
                path("arp/0/office/192.168.01/7"),
                path("arp/0/office/192.168.1/7/x").because("a history holds plain files in directories only"),
                path("arp/70000/office/192.168.1/7"),
                path("arp/0/.office/192.168.1/7"),
                path("arp/0/an office/192.168.1/7"),
                path("arp/0/office/seven"),
                path("arp/x"),
                path("arp/0/\u001b[31m/192.168.1/7"),
                files("an empty directory", files -> files.put("arp/0/lab/", null), "has an empty directory"),
                text("a letter", "dear\n", "begins with neither"),
                text("a half", RawHistory.LIVE.substring(0, 60), "has no field"),
                text(
                        "another order",
                        "stamp 1 edge-2\n" + RawHistory.LIVE.replace("stamp 1 edge-2\n", ""),
                        "begins with neither"),
                text("more", RawHistory.LIVE + "note more\n", "is not in the form"),
                text("zeros", "\0".repeat(100), "begins with neither"),
                text("a long file", RawHistory.LIVE + "x".repeat(2_000), "longer than 1024 bytes"),
                text("a giant file", "x".repeat(150_000), "sends an object of 150000 bytes"),
                text(
                        "a clock out of range",
                        RawHistory.LIVE.replace("stamp 1 ", "stamp 99999999999999999999 "),
                        "not a stamp"),
                mode("a symlink", FileMode.SYMLINK),
                mode("another repository's commit", FileMode.GITLINK),
                mode("a program", FileMode.EXECUTABLE_FILE),
                commit(
                        "a directory where a file should be",
                        raw -> raw.commit(raw.tree(raw.good(files ->
                                files.put("arp/0/office/192.168.1/9", new File(FileMode.TREE, raw.tree(Map.of())))))),
                        "a history holds plain files in directories only"),
                commit(
                        "the schema as a program",
                        raw -> raw.commit(raw.tree(
                                Map.of("portolan", new File(FileMode.EXECUTABLE_FILE, raw.blob(RawHistory.SCHEMA))))),
                        "no Portolan history"),
                commit(
                        "a commit of the year 5138",
                        raw -> raw.commit(raw.goodTree(), 99_999_999_999L, "", "m\n"),
                        "times after 2038 are not read here"),
                commit(
                        "a commit with a signature",
                        raw -> raw.commit(raw.goodTree(), Scribble.BEGIN_S, "gpgsig x\n", "m\n"),
                        "not in the form"),
                commit(
                        "a zero byte in a message",
                        raw -> raw.commit(raw.goodTree(), Scribble.BEGIN_S, "", "a\0b\n"),
                        "a zero byte in its message"),
                commit(
                        "three parents",
                        raw -> raw.commit(
                                raw.goodTree(),
                                Scribble.BEGIN_S,
                                "",
                                "m\n",
                                raw.sound(),
                                raw.commit(raw.goodTree(), 1, "", "a\n"),
                                raw.commit(raw.goodTree(), 2, "", "b\n")),
                        "not in the form"),
                commit("a bad commit under a good one", BadHistoryTest::buried, "has no place in a history"),
                commit("a good directory in a bad place", BadHistoryTest::disguised, "has no place in a history"),
                commit("a file for a commit", raw -> raw.blob("x"), "is not a commit"));
    }

    private static ObjectId buried(final RawHistory raw) {
        final ObjectId bad = raw.commit(
                raw.tree(raw.good(files -> files.put("arp/0/office/192.168.1/x", raw.file(RawHistory.LIVE)))));
        return raw.commit(raw.goodTree(), bad);
    }

    /** The same directory of hosts at its place, and where directories of blocks are. */
    private static ObjectId disguised(final RawHistory raw) {
        final ObjectId hosts = raw.tree(Map.of("5", raw.file(RawHistory.LIVE)));
        return raw.commit(raw.tree(raw.good(files -> files.put("arp/0/lab", new File(FileMode.TREE, hosts)))));
    }

    @Test
    void shouldRefuseADirectoryThatIsTooBroad() throws IOException {
        final ObjectId segments = raw.tree(Map.of("office/192.168.1/5", raw.file(RawHistory.LIVE)));
        final ObjectId head = raw.commit(HostilePeers.root(raw, HostilePeers.named(raw, "", 1_025, segments)));
        assertRefused(new FakePeer().has(head).gives(raw.pack()), "has more than 1024 entries in a directory arp");
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseWhatIsNoHistory() {
        return contents()
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    final RawHistory made = new RawHistory();
                    final ObjectId head = each.make().apply(made);
                    assertRefused(new FakePeer().has(head).gives(made.pack()), each.because());
                }));
    }

    @Test
    void shouldTakeWhatIsSound() throws IOException {
        final ObjectId head = raw.commit(raw.goodTree(), raw.sound());
        try (FakePeer peer = new FakePeer().has(head).gives(raw.pack());
                Fetched fetched = new PeerFetch(ours.history, "edge-2", peer.url(), new FetchRoom(), LIMITS)
                        .fetch(ours.nowS)
                        .orElseThrow()) {
            assertThat(fetched.head()).isEqualTo(head);
        }
        assertThat(Listing.of(ours.history.path())).isEqualTo(before);
    }
}
