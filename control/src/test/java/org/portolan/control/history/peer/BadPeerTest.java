package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.peer.RawHistory.File;
import org.portolan.control.history.store.HistoryException;

/** Each bad peer with what is said of it, and that the history is, byte for byte, as it was. */
@Timeout(60)
final class BadPeerTest {
    private static final Watch.Times SHORT = new Watch.Times(500, 700, 2_500);
    private static final PackScan.Limits SMALL = new PackScan.Limits(100, 100_000, 300_000, 1_000_000);
    private static final PeerFetch.Limits LIMITS = new PeerFetch.Limits(200_000, SMALL, SHORT);

    @TempDir
    private Path directory;

    private Scribble ours;
    private Map<String, String> before;
    private final RawHistory raw = new RawHistory();

    @BeforeEach
    void begin() throws IOException {
        ours = new Scribble(directory.resolve("ours.git"), "edge-1");
        ours.grow(3);
        before = Listing.of(ours.history.path());
    }

    @AfterEach
    void end() throws IOException {
        ours.close();
    }

    private void assertRefused(final URI url, final String because) throws IOException {
        assertThatThrownBy(() -> new PeerFetch(ours.history, "edge-2", url, LIMITS)
                        .fetch(ours.nowS)
                        .ifPresent(BadPeerTest::close))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith("peer edge-2")
                .hasMessageContaining(url.toString())
                .hasMessageContaining(because)
                .message()
                .matches("[ -~]*");
        assertThat(Listing.of(ours.history.path())).isEqualTo(before);
    }

    private static void close(final Fetched fetched) {
        try {
            fetched.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertRefused(final FakePeer peer, final String because) throws IOException {
        try (peer) {
            assertRefused(peer.url(), because);
        }
    }

    // ---- what it holds

    private record Content(String name, Function<RawHistory, ObjectId> make, String because) {
        Content because(final String other) {
            return new Content(name, make, other);
        }
    }

    private static Content files(final String name, final Consumer<Map<String, File>> change, final String because) {
        return new Content(name, raw -> raw.commit(raw.tree(good(raw, change))), because);
    }

    private static Map<String, File> good(final RawHistory raw, final Consumer<Map<String, File>> change) {
        final Map<String, File> files = new LinkedHashMap<>();
        files.put("portolan", raw.file(RawHistory.SCHEMA));
        files.put(RawHistory.ADDRESS, raw.file(RawHistory.LIVE));
        change.accept(files);
        return files;
    }

    private static Content text(final String name, final String text, final String because) {
        return new Content(
                name,
                raw -> raw.commit(raw.tree(Map.of("portolan", raw.file(RawHistory.SCHEMA), RawHistory.ADDRESS, raw.file(text)))),
                because);
    }

    private static Content path(final String path) {
        return new Content(
                "path " + path,
                raw -> raw.commit(raw.tree(good(raw, files -> files.put(path, raw.file(RawHistory.LIVE))))),
                "has no place in a history");
    }

    private static Content mode(final String name, final FileMode mode) {
        return new Content(
                name,
                raw -> raw.commit(raw.tree(good(
                        raw,
                        files -> files.put("arp/0/office/192.168.1/9", new File(mode, raw.blob(RawHistory.LIVE)))))),
                "a history holds plain files in directories only");
    }

    private static Content commit(final String name, final Function<RawHistory, ObjectId> make, final String because) {
        return new Content(name, make, because);
    }

    private static Stream<Content> contents() {
        return Stream.of(
                commit("another repository", raw -> raw.commit(raw.tree(Map.of("readme", raw.file("x")))), "no Portolan history"),
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
                text("a letter", "dear\n", "says nothing"),
                text("a half", RawHistory.LIVE.substring(0, 60), "has no field"),
                text("another order", "stamp 1 edge-2\n" + RawHistory.LIVE.replace("stamp 1 edge-2\n", ""), "is not in the form"),
                text("zeros", "\0".repeat(100), "says nothing"),
                text("a long file", RawHistory.LIVE + "x".repeat(2_000), "longer than 1024 bytes"),
                text("a giant file", "x".repeat(150_000), "sends an object of 150000 bytes"),
                text("a poisoned clock", RawHistory.LIVE.replace("stamp 1 ", "stamp 1000000000000001 "), "1000000000000001, beyond"),
                text("a clock out of range", RawHistory.LIVE.replace("stamp 1 ", "stamp 99999999999999999999 "), "no stamp"),
                text("a binding of tomorrow", RawHistory.LIVE.replace("seen 2025-11-24", "seen 2035-11-24"), "which is not yet"),
                mode("a symlink", FileMode.SYMLINK),
                mode("another repository's commit", FileMode.GITLINK),
                mode("a program", FileMode.EXECUTABLE_FILE),
                commit(
                        "a directory where a file should be",
                        raw -> raw.commit(raw.tree(good(
                                raw, files -> files.put("arp/0/office/192.168.1/9", new File(FileMode.TREE, raw.tree(Map.of())))))),
                        "a history holds plain files in directories only"),
                commit(
                        "the schema as a program",
                        raw -> raw.commit(raw.tree(Map.of("portolan", new File(FileMode.EXECUTABLE_FILE, raw.blob(RawHistory.SCHEMA))))),
                        "no Portolan history"),
                commit(
                        "a commit of the day after tomorrow",
                        raw -> raw.commit(goodTree(raw), Scribble.BEGIN_S + 2 * 86_400, "", "m\n"),
                        "which is not yet"),
                commit("a commit of year 300000000000", raw -> raw.commit(goodTree(raw), 99_999_999_999L, "", "m\n"), "which is not yet"),
                commit("a commit with a signature", raw -> raw.commit(goodTree(raw), Scribble.BEGIN_S, "gpgsig x\n", "m\n"), "not in the form"),
                commit("a zero byte in a message", raw -> raw.commit(goodTree(raw), Scribble.BEGIN_S, "", "a\0b\n"), "a zero byte in its message"),
                commit(
                        "three parents",
                        raw -> raw.commit(
                                goodTree(raw),
                                Scribble.BEGIN_S,
                                "",
                                "m\n",
                                raw.sound(),
                                raw.commit(goodTree(raw), 1, "", "a\n"),
                                raw.commit(goodTree(raw), 2, "", "b\n")),
                        "not in the form"),
                commit("a bad commit under a good one", BadPeerTest::buried, "has no place in a history"),
                commit("a good directory in a bad place", BadPeerTest::disguised, "has no place in a history"),
                commit("a file for a commit", raw -> raw.blob("x"), "is not a commit"));
    }

    private static ObjectId goodTree(final RawHistory raw) {
        return raw.tree(good(raw, files -> {}));
    }

    private static ObjectId buried(final RawHistory raw) {
        final ObjectId bad = raw.commit(raw.tree(good(raw, files -> files.put("arp/0/office/192.168.1/x", raw.file(RawHistory.LIVE)))));
        return raw.commit(goodTree(raw), bad);
    }

    /** The same directory of hosts at its place, and where directories of blocks are. */
    private static ObjectId disguised(final RawHistory raw) {
        final ObjectId hosts = raw.tree(Map.of("5", raw.file(RawHistory.LIVE)));
        return raw.commit(raw.tree(good(raw, files -> files.put("arp/0/lab", new File(FileMode.TREE, hosts)))));
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseWhatIsNoHistory() {
        return contents().map(each -> DynamicTest.dynamicTest(each.name(), () -> {
            final RawHistory made = new RawHistory();
            final ObjectId head = each.make().apply(made);
            assertRefused(new FakePeer().has(head).gives(made.pack()), each.because());
        }));
    }

    @Test
    void shouldTakeWhatIsSound() throws IOException {
        final ObjectId head = raw.commit(goodTree(raw), raw.sound());
        try (FakePeer peer = new FakePeer().has(head).gives(raw.pack());
                Fetched fetched = new PeerFetch(ours.history, "edge-2", peer.url(), LIMITS).fetch(ours.nowS).orElseThrow()) {
            assertThat(fetched.head()).isEqualTo(head);
        }
        assertThat(Listing.of(ours.history.path())).isEqualTo(before);
    }

    // ---- what it sends

    @Test
    void shouldRefuseAPackWithAnythingMissing() throws IOException {
        final ObjectId head = raw.commit(goodTree(raw), raw.sound());
        for (final ObjectId missing : raw.objects.keySet().toArray(ObjectId[]::new)) {
            if (ours.history.git().getObjectDatabase().has(missing)) {
                continue;
            }
            final RawHistory less = new RawHistory();
            less.objects.putAll(raw.objects);
            less.objects.remove(missing);
            assertRefused(new FakePeer().has(head).gives(less.pack()), "does not send all that leads to its head");
        }
    }

    /** Left by a batch that was undone, say: git may remove it any day. */
    @Test
    void shouldNotLeanOnWhatNothingHereLeadsTo() throws IOException {
        final ObjectId tree = goodTree(raw);
        final ObjectId head = raw.commit(tree);
        try (ObjectInserter inserter = ours.history.git().newObjectInserter()) {
            final RawHistory.Item garbage = raw.objects.remove(tree);
            inserter.insert(garbage.type(), garbage.raw());
            inserter.flush();
        }
        before = Listing.of(ours.history.path());
        assertRefused(new FakePeer().has(head).gives(raw.pack()), "leans on objects that nothing here leads to");
    }

    @Test
    void shouldRefuseAPackWithAnyByteChanged() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] pack = raw.pack();
        for (int i = 0; i < pack.length; i++) {
            final byte[] damaged = pack.clone();
            damaged[i] ^= 0x10;
            assertRefused(new FakePeer().has(head).gives(damaged), "nothing of it was taken");
        }
    }

    @Test
    void shouldRefuseAPackThatEndsTooEarly() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] pack = raw.pack();
        for (int length = 0; length < pack.length; length += 7) {
            final byte[] part = Arrays.copyOf(pack, length);
            assertRefused(new FakePeer().has(head).gives(part), "nothing of it was taken");
            assertRefused(
                    new FakePeer().has(head).answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(1, part))),
                    "the connection ended too early");
        }
    }

    @Test
    void shouldRefuseMoreThanAPack() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(new FakePeer().has(head).gives(FakePeer.concat(raw.pack(), new byte[1])), "sends more than one pack");
    }

    @Test
    void shouldNotBelieveTheCountOfAPack() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(new FakePeer().has(head).gives(new RawHistory.Pack(Integer.MAX_VALUE).finish()), "sends 2147483647 objects at once");
        assertRefused(new FakePeer().has(head).gives(new RawHistory.Pack(-1).finish()), "sends 4294967295 objects at once");
        assertRefused(new FakePeer().has(head).gives(new RawHistory.Pack(101).finish()), "sends 101 objects at once, and 100 is the most");
    }

    @Test
    void shouldNotBelieveTheSizeOfAnObject() throws IOException {
        final RawHistory.Pack lies = new RawHistory.Pack(1);
        lies.header(Constants.OBJ_BLOB, 10);
        lies.deflate(new byte[90_000]);
        assertRefused(new FakePeer().has(raw.sound()).gives(lies.finish()), "longer than it says");
        final RawHistory.Pack giant = new RawHistory.Pack(1);
        giant.header(Constants.OBJ_BLOB, 1L << 33);
        assertRefused(new FakePeer().has(raw.sound()).gives(giant.finish()), "sends an object of 8589934592 bytes");
    }

    @Test
    void shouldRefuseDeltasThatUnpackToTooMuch() throws IOException {
        final ObjectId head = raw.sound();
        final RawHistory.Pack long1 = new RawHistory.Pack(5);
        int base = long1.position();
        long1.whole(Constants.OBJ_BLOB, new byte[60_000]);
        for (int i = 0; i < 4; i++) {
            final int next = long1.position();
            long1.delta(base, RawHistory.copies(i == 0 ? 60_000 : 90_000, 2, 45_000));
            base = next;
        }
        assertRefused(new FakePeer().has(head).gives(long1.finish()), "deltas of deltas that need more than 300000 bytes");
        final RawHistory.Pack giant = new RawHistory.Pack(2);
        final int first = giant.position();
        giant.whole(Constants.OBJ_BLOB, new byte[60_000]);
        giant.delta(first, RawHistory.copies(60_000, 100, 60_000));
        assertRefused(new FakePeer().has(head).gives(giant.finish()), "sends an object of 6000000 bytes");
        final RawHistory.Pack many = new RawHistory.Pack(20);
        for (int i = 0; i < 20; i++) {
            many.whole(Constants.OBJ_BLOB, new byte[90_000 + i]);
        }
        assertRefused(new FakePeer().has(head).gives(many.finish()), "unpacks to more than 1000000 bytes");
    }

    @Test
    void shouldRefuseWhatAHistoryHasNot() throws IOException {
        final ObjectId head = raw.sound();
        final RawHistory.Pack tag = new RawHistory.Pack(1);
        tag.whole(Constants.OBJ_TAG, "x".getBytes(StandardCharsets.US_ASCII));
        assertRefused(new FakePeer().has(head).gives(tag.finish()), "sends a tag");
        final RawHistory.Pack thin = new RawHistory.Pack(1);
        thin.delta(ours.head(), RawHistory.copies(10, 1, 10));
        assertRefused(new FakePeer().has(head).gives(thin.finish()), "leans on objects outside it");
        final RawHistory.Pack loose = new RawHistory.Pack(1);
        loose.delta(5, RawHistory.copies(10, 1, 10));
        assertRefused(new FakePeer().has(head).gives(loose.finish()), "sends a delta without a base");
        final RawHistory.Pack unknown = new RawHistory.Pack(1);
        unknown.header(5, 0);
        assertRefused(new FakePeer().has(head).gives(unknown.finish()), "sends an object of no known type");
        assertRefused(new FakePeer().has(head).gives("PICK and so on....".getBytes(StandardCharsets.US_ASCII)), "sends what is no pack");
    }

    @Test
    void shouldRefuseADeltaThatDoesNotFitItsBase() throws IOException {
        final RawHistory.Pack pack = new RawHistory.Pack(2);
        final int base = pack.position();
        pack.whole(Constants.OBJ_BLOB, new byte[10]);
        pack.delta(base, RawHistory.copies(500, 1, 400));
        assertRefused(new FakePeer().has(raw.sound()).gives(pack.finish()), "nothing of it was taken");
    }

    @Test
    void shouldNotTakeMoreBytesThanItWill() throws IOException {
        final byte[] noise = new byte[300_000];
        new java.util.Random(1).nextBytes(noise);
        final ObjectId head = raw.sound();
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(2, noise))),
                "sends more than it may");
        final byte[] talk = "x\n".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
        assertRefused(new FakePeer().greets(FakePeer.concat(FakePeer.packets("version 2\n"), repeated(talk, 40))), "sends more than it may");
    }

    private static byte[] repeated(final byte[] content, final int times) {
        final String text = new String(content, StandardCharsets.US_ASCII);
        final String[] lines = new String[times];
        Arrays.fill(lines, text);
        return FakePeer.packets(lines);
    }

    // ---- how it speaks

    @Test
    void shouldRefuseWhoSpeaksOtherwise() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(new FakePeer().greets(new byte[0]), "ends the connection without a word");
        assertRefused(new FakePeer().greets(FakePeer.packets("ERR access \u001b[31m denied")), "says \"access ?[31m denied\"");
        assertRefused(new FakePeer().greets(FakePeer.packets(head.name() + " HEAD\0thin-pack\n", null)), "does not speak git's protocol 2");
        assertRefused(new FakePeer().greets(FakePeer.packets("version 2\n", "ls-refs\n", null)), "gives nothing away");
        assertRefused(new FakePeer().greets(FakePeer.packets("version 2\n", "fetch\n", "object-format=sha256\n", null)), "another hash");
        assertRefused(new FakePeer().greets("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII)), "cannot be read");
        assertRefused(new FakePeer(), "has no branch primary");
        assertRefused(new FakePeer().lists(FakePeer.packets("z".repeat(40) + " refs/heads/primary\n", null)), "names a commit");
        assertRefused(new FakePeer().lists(FakePeer.packets("ERR no")), "says \"no\"");
        assertRefused(new FakePeer().has(head), "ends the connection without a word");
        assertRefused(new FakePeer().has(head).answers(FakePeer.packets("acknowledgments\n", null)), "where the pack should be");
        assertRefused(new FakePeer().has(head).answers(FakePeer.packets("shallow-info\n", "unshallow " + head.name() + "\n")), "tells of a boundary");
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(3, "out of \u0007 memory".getBytes(StandardCharsets.UTF_8)))),
                "says \"out of ? memory\"");
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(9, new byte[9]))),
                "an unknown band");
    }

    @Test
    void shouldRefuseABoundaryThatDoesNotExplainWhatIsMissing() throws IOException {
        final RawHistory made = new RawHistory();
        final ObjectId first = made.sound();
        final ObjectId head = made.commit(goodTree(made), first);
        made.objects.remove(first);
        assertRefused(
                new FakePeer().has(head).answers(FakePeer.concat(
                        FakePeer.packets("shallow-info\n", "shallow " + first.name() + "\n"),
                        "0001".getBytes(StandardCharsets.US_ASCII),
                        FakePeer.packets("packfile\n"),
                        FakePeer.band(1, made.pack()),
                        FakePeer.packets((String) null))),
                "does not send all that leads to its head");
    }

    @Test
    void shouldNotWaitForEver() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] half = FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(1, Arrays.copyOf(raw.pack(), 50)));
        final byte[] greeting = FakePeer.packets("version 2\n");
        final Map<String, FakePeer> silent = new HashMap<>();
        silent.put("greeting", new FakePeer().greets(greeting).stays());
        silent.put("pack", new FakePeer().has(head).answers(half).stays());
        for (final FakePeer each : silent.values()) {
            final long beganNs = System.nanoTime();
            assertRefused(each, "did not answer for 0 s");
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs)).isLessThan(2_000);
        }
        assertRefused(new FakePeer().has(head).gives(raw.pack()).drips(40), "took longer than 2 s");
    }

    @Test
    void shouldSayThatNobodyListens() throws IOException {
        final FakePeer gone = new FakePeer();
        gone.close();
        assertRefused(gone.url(), "Connection refused");
        assertRefused(URI.create("git://no-such-host.invalid/state.git"), "there is no host no-such-host.invalid");
        assertRefused(URI.create(gone.url().toString().replace("git:", "http:")), "cannot be read");
    }

    @Test
    void shouldSayThatThereIsNoSuchRepository() throws IOException {
        try (StockDaemon daemon = new StockDaemon(directory);
                StockHttp http = new StockHttp(directory)) {
            assertRefused(daemon.url("none.git"), "access denied or repository not exported");
            assertRefused(http.url("none.git"), "answers with HTTP status 404");
        }
        try (PeerServer server = PeerServer.start(ours.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            assertRefused(
                    URI.create("git://127.0.0.1:" + server.address().getPort() + "/none.git"),
                    "no such repository: the one here is /state.git");
        }
    }

    @Test
    void shouldFollowNoRedirectAndTakeNoOtherThingForAGitServer() throws IOException {
        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
            exchange.sendResponseHeaders(301, -1);
            exchange.close();
        });
        server.createContext("/dumb", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.createContext("/silent", exchange -> {
            try {
                Thread.sleep(3_000);
            } catch (final InterruptedException e) {
                exchange.close();
            }
        });
        server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
        server.start();
        final String root = "http://127.0.0.1:" + server.getAddress().getPort();
        assertRefused(URI.create(root + "/moved"), "answers with HTTP status 301 and names another place, \"file:///etc/passwd\"");
        assertRefused(URI.create(root + "/dumb"), "no git server that speaks the smart protocol");
        assertRefused(URI.create(root + "/silent"), "cannot be read");
        server.stop(0);
    }
}
