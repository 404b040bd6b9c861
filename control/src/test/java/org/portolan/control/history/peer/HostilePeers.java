package org.portolan.control.history.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.TreeFormatter;

/**
 * Peers that each want more memory, time or disk than a history's peer needs, all they can get without being refused.
 * They need some themselves: {@link #main} has them in a process with a heap of its own.
 */
final class HostilePeers implements AutoCloseable {
    /** This one does nothing that is wrong. */
    static final String ELSEWHERE = "as many files in another segment";

    /** This one fills the table of our own segment. */
    static final String GREEDY = "files for the whole heap";

    private static final int HOSTS = 200;
    /** A stamp of the year 2096, in microseconds. */
    private static final long FAR_AHEAD = 4_000_000_000_000_000L;

    private static final int MEGABYTES_4 = 4 << 20;

    /** By what they do. */
    final Map<String, FakePeer> peers = new LinkedHashMap<>();

    private final int objects;

    /**
     * @param objects the most that are taken in one pack
     * @param wanted what they are to do; empty for all
     */
    HostilePeers(final int objects, final Collection<String> wanted) throws IOException {
        this.objects = objects;
        add(wanted, "a line of commits without its beginning", () -> commits());
        add(wanted, "files, of which the last is none", () -> files("office", 1, true));
        add(wanted, ELSEWHERE, () -> files("elsewhere", 1, false));
        add(wanted, GREEDY, () -> files("office", 1, false));
        add(wanted, "files that are years ahead", () -> files("office", FAR_AHEAD, false));
        add(wanted, "blobs that nothing leads to, and no head", () -> blobs());
        add(wanted, "one long chain of deltas", () -> deltas(objects - 1));
        add(wanted, "chains of deltas and no head", () -> deltas(200));
        add(wanted, "commits of 4 MB", () -> giants());
        add(wanted, "commits of 80,000 parents", () -> octopus());
        add(wanted, "a table of billions", () -> bomb());
        add(wanted, "a pack without end", () -> endless());
        add(wanted, "a byte now and then", () -> slow());
        add(wanted, "a pack that ends too early", () -> truncated());
    }

    private interface Maker {
        FakePeer make() throws IOException;
    }

    private void add(final Collection<String> wanted, final String name, final Maker maker) throws IOException {
        if (wanted.isEmpty() || wanted.contains(name)) {
            peers.put(name, maker.make());
        }
    }

    /**
     * Tells where they are, and ends with its input.
     *
     * <pre>
     *   URL a long chain of deltas         one line for each
     *   an empty line
     * </pre>
     *
     * @param arguments the most objects that are taken in one pack; what the peers are to do, if not all of it
     */
    public static void main(final String[] arguments) throws IOException {
        try (HostilePeers hostile = new HostilePeers(
                Integer.parseInt(arguments[0]), List.of(arguments).subList(1, arguments.length))) {
            hostile.peers.forEach((name, peer) -> System.out.println(peer.url() + " " + name));
            System.out.println();
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
        System.exit(0);
    }

    private static String file(final long stamp) {
        return RawHistory.LIVE.replace("stamp 1 ", "stamp " + stamp + " ");
    }

    private static FakePeer peer(final RawHistory raw, final ObjectId head) throws IOException {
        return new FakePeer().has(head).gives(raw.pack());
    }

    private FakePeer commits() throws IOException {
        final RawHistory raw = new RawHistory();
        final ObjectId tree = raw.goodTree();
        ObjectId head = ObjectId.fromString("12".repeat(20));
        while (raw.objects.size() < objects) {
            head = raw.commit(tree, head);
        }
        return peer(raw, head);
    }

    /** @param isBad whether the last one makes all of it be refused, after it was looked at */
    private FakePeer files(final String segment, final long firstStamp, final boolean isBad) throws IOException {
        final RawHistory raw = new RawHistory();
        final Map<String, RawHistory.File> files = new LinkedHashMap<>();
        files.put("portolan", raw.file(RawHistory.SCHEMA));
        final int count = objects - objects / HOSTS - 100;
        for (int i = 0; i < count; i++) {
            final int block = i / HOSTS;
            final String text = isBad && i == count - 1 ? "state none\n" : file(firstStamp + i);
            files.put(
                    "arp/0/%s/10.%d.%d/%d".formatted(segment, block / 250, block % 250, i % HOSTS + 1), raw.file(text));
        }
        return peer(raw, raw.commit(raw.tree(files)));
    }

    private FakePeer blobs() throws IOException {
        final RawHistory raw = new RawHistory();
        while (raw.objects.size() < objects) {
            raw.blob("b" + raw.objects.size());
        }
        return peer(raw, ObjectId.fromString("34".repeat(20)));
    }

    private FakePeer deltas(final int depth) throws IOException {
        final RawHistory.Pack pack = new RawHistory.Pack(objects);
        int base = 0;
        for (int i = 0; i < objects; i++) {
            final int next = pack.position();
            if (i % depth == 0) {
                pack.whole(Constants.OBJ_BLOB, ("base" + i + "x".repeat(20)).getBytes(StandardCharsets.US_ASCII));
            } else {
                final int size = i % depth == 1 ? ("base" + (i - 1)).length() + 20 : 20;
                pack.delta(base, RawHistory.copies(size, 1, 20));
            }
            base = next;
        }
        return new FakePeer().has(ObjectId.fromString("56".repeat(20))).gives(pack.finish());
    }

    /** Each has two parents, so that many wait to be looked at. */
    private FakePeer giants() throws IOException {
        final RawHistory raw = new RawHistory();
        final ObjectId tree = raw.goodTree();
        final String message = "m".repeat(MEGABYTES_4 - 1_000);
        ObjectId[] row = new ObjectId[32];
        Arrays.fill(row, ObjectId.fromString("12".repeat(20)));
        for (int width = row.length; width >= 1; width /= 2) {
            final ObjectId[] next = new ObjectId[width];
            for (int i = 0; i < width; i++) {
                final ObjectId one = row[2 * i % row.length];
                final ObjectId other = row[(2 * i + 1) % row.length];
                next[i] = raw.commit(tree, Scribble.BEGIN_S + i, "", i + message, one, other);
            }
            row = next;
        }
        return peer(raw, row[0]);
    }

    private FakePeer octopus() throws IOException {
        final RawHistory raw = new RawHistory();
        final ObjectId tree = raw.goodTree();
        final ObjectId[] parents = new ObjectId[80_000];
        final byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
        final Random random = new Random(1);
        final ObjectId[] children = new ObjectId[2];
        for (int i = 0; i < children.length; i++) {
            for (int j = 0; j < parents.length; j++) {
                random.nextBytes(id);
                parents[j] = ObjectId.fromRaw(id);
            }
            children[i] = raw.commit(tree, parents);
        }
        return peer(raw, raw.commit(tree, children));
    }

    /** One file in 256 hosts, one block in all blocks, one segment in all segments. */
    private static FakePeer bomb() throws IOException {
        final RawHistory raw = new RawHistory();
        ObjectId below = hosts(raw);
        below = blocks(raw, below);
        below = named(raw, "s", 4_000, below);
        below = named(raw, "", 1_000, below);
        return peer(raw, raw.commit(root(raw, below)));
    }

    static ObjectId root(final RawHistory raw, final ObjectId realms) {
        final TreeFormatter root = new TreeFormatter();
        root.append("arp", FileMode.TREE, realms);
        root.append("portolan", FileMode.REGULAR_FILE, raw.blob(RawHistory.SCHEMA));
        return raw.add(Constants.OBJ_TREE, root.toByteArray());
    }

    private static ObjectId hosts(final RawHistory raw) {
        final Map<String, RawHistory.File> files = new LinkedHashMap<>();
        final RawHistory.File file = raw.file(RawHistory.LIVE);
        for (int i = 0; i < HOSTS; i++) {
            files.put(String.valueOf(i), file);
        }
        return raw.tree(files);
    }

    private static ObjectId blocks(final RawHistory raw, final ObjectId below) {
        final TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < 16_000; i++) {
            names.add("10." + i / 250 + "." + i % 250 + "/");
        }
        return directories(raw, names, below);
    }

    /** Directories of which each is the same. */
    static ObjectId named(final RawHistory raw, final String prefix, final int count, final ObjectId below) {
        final TreeSet<String> names = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            names.add(prefix + i + "/");
        }
        return directories(raw, names, below);
    }

    private static ObjectId directories(final RawHistory raw, final TreeSet<String> names, final ObjectId below) {
        final TreeFormatter tree = new TreeFormatter();
        names.forEach(each -> tree.append(each.substring(0, each.length() - 1), FileMode.TREE, below));
        return raw.add(Constants.OBJ_TREE, tree.toByteArray());
    }

    private static FakePeer endless() throws IOException {
        final byte[] noise = new byte[60_000];
        new Random(1).nextBytes(noise);
        final RawHistory.Pack begun = new RawHistory.Pack(100);
        begun.header(Constants.OBJ_BLOB, MEGABYTES_4);
        return new FakePeer()
                .has(ObjectId.fromString("78".repeat(20)))
                .answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(1, begun.finish())))
                .repeats(FakePeer.band(1, noise));
    }

    private static FakePeer slow() throws IOException {
        final RawHistory raw = new RawHistory();
        return new FakePeer().has(raw.sound()).gives(raw.pack()).drips(1_000);
    }

    private static FakePeer truncated() throws IOException {
        final RawHistory raw = new RawHistory();
        final ObjectId head = raw.sound();
        final byte[] pack = raw.pack();
        return new FakePeer().has(head).gives(Arrays.copyOf(pack, pack.length - 30));
    }

    @Override
    public void close() throws IOException {
        for (final FakePeer each : peers.values()) {
            each.close();
        }
    }
}
