package org.portolan.control.history.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.history.store.Tables;

/** A router's history without the router: changes of a small world, with stamps as a router gives them. */
final class Scribble implements AutoCloseable {
    static final long BEGIN_S = 1_764_000_000L;

    final HistoryRepository history;
    final String router;
    final Random random;
    long nowS = BEGIN_S;
    private long clock;

    Scribble(final Path path, final String router) throws IOException {
        this.router = router;
        random = new Random(router.hashCode());
        history = HistoryRepository.open(path, router, nowS);
        observe();
    }

    /** Lamport's rule, after a merge. */
    void observe() throws IOException {
        for (final Binding binding : table().values()) {
            clock = Math.max(clock, clock(binding));
        }
    }

    private static long clock(final Binding binding) {
        final long seen =
                binding.observed() == null ? 0 : binding.observed().stamp().count();
        return binding.pinned() == null
                ? seen
                : Math.max(seen, binding.pinned().stamp().count());
    }

    Map<BindingKey, Binding> table() throws IOException {
        return Tables.of(history, history.primary());
    }

    ObjectId head() {
        return history.primary();
    }

    List<ObjectId> parents() {
        final String ids = StockGit.run(history.path(), "log", "-1", "--format=%P", "primary");
        return Stream.of(ids.strip().split(" ")).map(ObjectId::fromString).toList();
    }

    ObjectId tree() throws IOException {
        return history.treeOf(head());
    }

    static BindingKey key(final int host) {
        return new BindingKey(0, "office", 0xC0A80100 + host / 200 * 256 + host % 200 + 1);
    }

    static long mac(final int number) {
        return 0x0200_0000_0000L + number;
    }

    /** The address is seen with this MAC. */
    void learn(final int host, final int mac) throws IOException {
        put(key(host), live(mac));
    }

    Observation live(final int mac) {
        final Stamp stamp = new Stamp(++clock, router);
        return new Observation(Observation.State.LIVE, mac(mac), nowS, nowS, 0, "answered", "lan", stamp);
    }

    void flush(final int host) throws IOException {
        final Observation live = table().get(key(host)).observed();
        put(key(host), live.flushed(nowS, nowS, "flushed", new Stamp(++clock, router)));
    }

    /** Some host is seen with some MAC, expires, or is flushed. */
    void changeSomething() throws IOException {
        final int host = random.nextInt(6);
        final Binding before = table().get(key(host));
        final boolean live = before != null && before.observed().isLive();
        switch (random.nextInt(4)) {
            case 0 -> {
                if (live) {
                    flush(host);
                }
            }
            case 1 -> {
                if (live) {
                    put(key(host), before.observed().expired(nowS, nowS, "silent"));
                }
            }
            default -> learn(host, 1 + random.nextInt(3));
        }
    }

    private void put(final BindingKey key, final Observation observed) throws IOException {
        final Map<BindingKey, Binding> changes = new HashMap<>();
        changes.put(key, new Binding(observed, null));
        commit(changes, "entry changed: " + key);
    }

    ObjectId commit(final Map<BindingKey, Binding> changes, final String subject) throws IOException {
        nowS++;
        try (Batch batch = history.batch()) {
            final ObjectId tree = batch.edit(batch.treeOf(head()), changes);
            final ObjectId commit = batch.commit(tree, List.of(head()), subject + "\n", nowS);
            batch.move(HistoryRepository.PRIMARY, commit);
            batch.finish();
            return commit;
        }
    }

    /** That many commits in one batch, each a binding of its own. */
    void grow(final int commits) throws IOException {
        final int base = table().size();
        try (Batch batch = history.batch()) {
            ObjectId head = head();
            for (int i = base; i < base + commits; i++) {
                nowS++;
                final ObjectId tree = batch.edit(batch.treeOf(head), Map.of(key(i), new Binding(live(i + 1), null)));
                head = batch.commit(tree, List.of(head), "entry added: " + key(i) + "\n", nowS);
            }
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
        }
    }

    /** A merge that takes all that is new, and says nothing of it. */
    static PeerMerge merging(final Batch batch) {
        return new PeerMerge(
                batch, (key, binding) -> false, all(), difference -> true, (differences, conflicts) -> "Arp.merge\n");
    }

    /** Of a router that has said nothing yet: all that peers say is taken. */
    static PeerFilter all() {
        return new PeerFilter("nobody", 0, Map.of(), BEGIN_S, 0, true);
    }

    void point(final String ref, final ObjectId commit) throws IOException {
        try (Batch batch = history.batch()) {
            batch.move(ref, commit);
            batch.finish();
        }
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
