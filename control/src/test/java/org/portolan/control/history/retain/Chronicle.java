package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.FileUtils;
import org.eclipse.jgit.util.SystemReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;

/** A history as the router writes it, without a router: learned, moved, expired on a branch, in packs of one batch. */
final class Chronicle implements AutoCloseable {
    static final long BEGIN_S = 1_764_000_000L;
    static final int REALM = 0;

    private final SplittableRandom random;
    private final String router;
    private final int hosts;
    private final HistoryRepository history;
    private final Map<BindingKey, Binding> live = new HashMap<>();
    private long nowS;
    private long clock;

    Chronicle(final Path path, final String router, final int hosts) throws IOException {
        this(path, router, hosts, BEGIN_S);
    }

    Chronicle(final Path path, final String router, final int hosts, final long nowS) throws IOException {
        this.router = router;
        this.hosts = hosts;
        this.nowS = nowS;
        random = new SplittableRandom(router.hashCode());
        letJgitKnow(path.toAbsolutePath().getParent());
        history = HistoryRepository.open(path, router, nowS);
    }

    /** Else it measures the file system for 3 s in the first repository that it sees, while JUnit removes that one. */
    private static void letJgitKnow(final Path directory) throws IOException {
        try {
            HistoryRepository.open(Path.of("/dev/null"), "nobody", 0).close();
        } catch (final HistoryException e) {
            // Expected; JGit is isolated now.
        }
        final String store = System.getProperty("java.vendor")
                + '|'
                + System.getProperty("java.version")
                + '|'
                + Files.getFileStore(directory).name();
        try {
            final Config config = SystemReader.getInstance().getUserConfig();
            config.setString("filesystem", store, "timestampResolution", "1 milliseconds");
            config.setString("filesystem", store, "minRacyThreshold", "10 milliseconds");
        } catch (final ConfigInvalidException e) {
            throw new IOException(e);
        }
    }

    FileRepository git() {
        return history.git();
    }

    HistoryRepository history() {
        return history;
    }

    long nowS() {
        return nowS;
    }

    ObjectId head() {
        return history.primary();
    }

    void passS(final long seconds) {
        nowS += seconds;
    }

    /** One durable batch: that many commits on primary, in one pack. */
    ObjectId write(final int commits, final long secondsBetween) throws IOException {
        try (Batch batch = history.batch()) {
            ObjectId head = history.primary();
            for (int i = 0; i < commits; i++) {
                nowS += secondsBetween;
                head = change(batch, head);
            }
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
            return head;
        }
    }

    /** That many batches of one commit each. */
    void writeSingly(final int commits, final long secondsBetween) throws IOException {
        for (int i = 0; i < commits; i++) {
            write(1, secondsBetween);
        }
    }

    /** A commit that changes nothing, in a pack of its own. */
    ObjectId writeNothing() throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId head = history.primary();
            batch.move(
                    HistoryRepository.PRIMARY,
                    batch.commit(batch.treeOf(head), List.of(head), "Arp.merge: nothing new\n", nowS));
            batch.finish();
        }
        return history.primary();
    }

    private ObjectId change(final Batch batch, final ObjectId parent) throws IOException {
        final BindingKey key = key(random.nextInt(hosts));
        final Binding before = live.get(key);
        final Binding after = new Binding(observation(), null);
        live.put(key, after);
        final String kind = before == null ? "entry added: " : "entry moved: ";
        return commit(batch, parent, key, after, kind + key.block() + "." + key.host());
    }

    private ObjectId commit(
            final Batch batch, final ObjectId parent, final BindingKey key, final Binding after, final String subject)
            throws IOException {
        final ObjectId tree = batch.edit(batch.treeOf(parent), Map.of(key, after));
        return batch.commit(tree, List.of(parent), message(subject, key, after), nowS);
    }

    private static String message(final String subject, final BindingKey key, final Binding after) {
        final String mac = mac(after.observed().mac());
        return subject + " -> " + mac + "\n\nIp: " + key.block() + "." + key.host() + "\nMac: " + mac
                + "\nInterface: lan\nSegment: " + key.segment() + "\nReason: "
                + after.observed().reason() + "\n";
    }

    static String mac(final long mac) {
        final StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(shift == 40 ? "" : ":").append("%02x".formatted(mac >>> shift & 0xFF));
        }
        return text.toString();
    }

    private Observation observation() {
        final long mac = 0x0250_0000_0000L | random.nextInt();
        return new Observation(
                Observation.State.LIVE,
                mac & 0x02FF_FFFF_FFFFL,
                nowS,
                nowS,
                0,
                "answered",
                "lan",
                new Stamp(++clock, router));
    }

    static BindingKey key(final int host) {
        return new BindingKey(REALM, "office", 0x0A00_0000 | (host / 250) << 8 | host % 250 + 1);
    }

    /**
     * An expiry: a branch cut from the head, meanwhile as many commits on primary, then a merge.
     *
     * @return the branch's name
     */
    String expire(final int meanwhile) throws IOException {
        final String branch = HistoryRepository.EXPIRE_PREFIX + nowS + ".000000";
        try (Batch batch = history.batch()) {
            final ObjectId fork = history.primary();
            final BindingKey key = key(hosts + 1);
            final Observation dead = observation().expired(nowS - 60, nowS, "silent");
            final ObjectId tip =
                    commit(batch, fork, key, new Binding(dead, null), "Arp.tick: updating to age out old entries");
            ObjectId head = fork;
            for (int i = 0; i < meanwhile; i++) {
                nowS++;
                head = change(batch, head);
            }
            final ObjectId joined = batch.trees().join(batch.treeOf(head), batch.treeOf(tip), (k, a, b, c) -> {});
            final ObjectId merge = batch.commit(joined, List.of(head, tip), "Arp.tick: merge expiry branch\n", nowS);
            batch.move(branch, tip);
            batch.move(HistoryRepository.PRIMARY, merge);
            batch.finish();
        }
        return branch;
    }

    /** Merges what another ref points to, as a router merges its peer. */
    ObjectId merge(final String ref) throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId other = git().exactRef(ref).getObjectId();
            final ObjectId head = history.primary();
            final ObjectId joined = batch.trees().join(batch.treeOf(head), batch.treeOf(other), (k, a, b, c) -> {});
            final ObjectId merge =
                    batch.commit(joined, List.of(head, other), "Arp.merge: peer into " + router + "\n", nowS);
            batch.move(HistoryRepository.PRIMARY, merge);
            batch.finish();
            return merge;
        }
    }

    void delete(final String ref) throws IOException {
        try (Batch batch = history.batch()) {
            batch.delete(ref);
            batch.finish();
        }
    }

    List<String> refs() throws IOException {
        final List<String> names = new ArrayList<>();
        git().getRefDatabase().getRefs().forEach(ref -> names.add(ref.getName()));
        return names;
    }

    /** A whole repository, to go on from. */
    static void copy(final Path from, final Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                final Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    FileUtils.mkdirs(target.toFile(), true);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
