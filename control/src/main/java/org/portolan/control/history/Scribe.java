package org.portolan.control.history;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;

/** Writes changes down as commits of one batch, in the order in which they happened. Historian's thread only. */
final class Scribe {
    private static final long NEVER_S = Long.MIN_VALUE;

    private final Batch batch;
    private final Ledger ledger;
    private final ExpiryBranches branches;
    private final Wire[] wires;
    private final boolean crowded;
    private final Line primary;
    private final Map<ExpiryBranch, Line> lines = new HashMap<>();
    private final int[] entries;
    private int written;
    private int folded;
    private int merges;
    private int fastForwards;

    /** @param crowded whether one commit may carry many changes */
    Scribe(
            final Batch batch,
            final Ledger ledger,
            final ExpiryBranches branches,
            final Wire[] wires,
            final ObjectId primaryTip,
            final boolean crowded) {
        this.batch = batch;
        this.ledger = ledger;
        this.branches = branches;
        this.wires = wires;
        this.crowded = crowded;
        primary = new Line(batch, wires, crowded, primaryTip);
        entries = new int[wires.length];
    }

    /** Says how far the clock had come, so that what follows is not before that. */
    void setBack(final long fromS, final long toS) throws IOException {
        primary.commit(primary.tree(), List.of(primary.tip()), CommitText.ofSetBack(fromS, toS), fromS);
    }

    void write(final Change change) throws IOException {
        final BindingKey key = wires[change.port()].key(change.address());
        switch (change.kind()) {
            case LEARNED, MOVED, REFRESHED -> observe(key, change);
            case DUE -> {
                primary.commit();
                branches.due(key, primary.tip(), change);
            }
            case EXPIRED -> expire(key, change);
            case FLUSHED -> flush(key, change);
            case STATIC_ADDED -> pin(key, change);
            case STATIC_REMOVED -> unpin(key, change);
            case DISPUTED -> {
                // The table stays as it is; the machine counts the claim, and says it when it is asked.
            }
        }
        written += change.isReal() ? 1 : 0;
    }

    /** A sign of life of what is known already is not written, but remembered for the next commit that says it. */
    private void observe(final BindingKey key, final Change change) throws IOException {
        branches.settle(key);
        final Observation live = ledger.live(key);
        if (live != null && live.mac() == change.mac()) {
            // A host's word about itself is not a sign that somebody confirmed it, however often it comes.
            if (live.isConfirmed() || !change.isClaim()) {
                ledger.refresh(key, change.atS());
            }
            return;
        }
        if (live == null && change.isClaim() && !ledger.claims().spend(change)) {
            ledger.claims().add(key, change);
            folded++;
            return;
        }
        ledger.takeRefresh(key, 0);
        final Change claim = ledger.claims().take(key);
        final boolean isConfirmed = claim != null && claim.mac() == change.mac();
        final Observation seen = seen(change, isConfirmed ? claim.atS() : change.atS());
        put(primary, key, seen, isConfirmed ? change.confirming() : change);
    }

    private Observation seen(final Change change, final long sinceS) {
        final String interfaceName = wires[change.port()].interfaceName();
        return new Observation(
                State.LIVE,
                change.mac(),
                sinceS,
                change.atS(),
                0,
                change.reason(),
                interfaceName,
                ledger.stamp(observed(wires[change.port()].key(change.address())), change.atMicros()));
    }

    /** Writes what hosts said of themselves since the last time, as far as it still stands. */
    void claims(final long atS) throws IOException {
        if (!ledger.claims().isAnyStanding()) {
            return;
        }
        primary.commit();
        final Claims.Due due = ledger.claims().takeDue();
        final Map<BindingKey, Binding> claimed = new HashMap<>();
        for (final Change each : due.standing()) {
            final BindingKey key = wires[each.port()].key(each.address());
            final Binding before = ledger.binding(key);
            final Observation seen = seen(each, each.atS());
            final Binding next = before == null ? new Binding(seen, null) : before.with(seen);
            ledger.put(key, next);
            claimed.put(key, next);
        }
        primary.commit(
                batch.edit(primary.tree(), claimed), List.of(primary.tip()), CommitText.ofClaims(due, wires), atS);
    }

    private void expire(final BindingKey key, final Change change) throws IOException {
        final Observation live = ledger.live(key);
        if (live == null || live.mac() != change.macOld()) {
            ledger.claims().end(key);
            branches.settle(key);
            return;
        }
        primary.commit();
        final ExpiryBranch branch = branches.forExpiryOf(key, primary.tip(), change);
        branches.settle(key);
        final long seenS = ledger.takeRefresh(key, live.seenS());
        put(line(branch), key, live.expired(seenS, change.atS(), change.reason()), change);
    }

    private Line line(final ExpiryBranch branch) {
        return lines.computeIfAbsent(branch, each -> new Line(batch, wires, crowded, each.tip));
    }

    private void flush(final BindingKey key, final Change change) throws IOException {
        branches.settle(key);
        ledger.claims().end(key);
        final Observation live = ledger.live(key);
        if (live == null) {
            return;
        }
        final long seenS = ledger.takeRefresh(key, live.seenS());
        put(
                primary,
                key,
                live.flushed(seenS, change.atS(), change.reason(), ledger.stamp(live, change.atMicros())),
                change);
    }

    private Observation observed(final BindingKey key) {
        final Binding before = ledger.binding(key);
        return before == null ? null : before.observed();
    }

    private void put(final Line line, final BindingKey key, final Observation next, final Change change)
            throws IOException {
        final Binding before = ledger.binding(key);
        put(line, key, before == null ? new Binding(next, null) : before.with(next), change);
    }

    private void put(final Line line, final BindingKey key, final Binding next, final Change change)
            throws IOException {
        ledger.put(key, next);
        line.add(key, next, change);
        entries[change.port()] += change.isClaim() ? 0 : 1;
    }

    /** How many changes of each port became entries of commits, claims apart. */
    int[] entries() {
        return entries;
    }

    /** What was observed ends with it: when the pin goes, the address is asked for again. */
    private void pin(final BindingKey key, final Change change) throws IOException {
        branches.settle(key);
        ledger.claims().end(key);
        final Binding before = ledger.binding(key);
        final Pin held = ledger.own().of(key);
        final Pin said = before == null ? null : before.pinned();
        if (held != null && held.equals(said) && held.mac() == change.mac()) {
            return;
        }
        final Pin pin = new Pin(change.mac(), by(change), change.atS(), ledger.stamp(said, change.atMicros()));
        ledger.own().put(key, pin, ledger);
        final Observation live = ledger.live(key);
        final Observation observed = live == null
                ? before == null ? null : before.observed()
                : live.expired(ledger.takeRefresh(key, live.seenS()), change.atS(), "made static");
        put(primary, key, new Binding(observed, pin), change);
    }

    /** Another router's pin of the address stands: it is that one's to remove. */
    private void unpin(final BindingKey key, final Change change) throws IOException {
        final Pin held = ledger.own().of(key);
        ledger.own().put(key, null, ledger);
        final Binding before = ledger.binding(key);
        final Pin said = before == null ? null : before.pinned();
        if (said != null && said.isSet() && (said.equals(held) || ledger.isOurs(said.stamp()))) {
            final Pin gone = new Pin(0, by(change), change.atS(), ledger.stamp(said, change.atMicros()));
            put(primary, key, before.with(gone), change);
        }
    }

    private static String by(final Change change) {
        return change.by().isEmpty() ? "unknown" : change.by();
    }

    /** Writes the signs of life of these that no commit says yet. */
    void mark(final Collection<BindingKey> keys, final long atS) throws IOException {
        primary.commit();
        final Map<BindingKey, Binding> seen = new HashMap<>();
        for (final BindingKey key : keys) {
            final Observation live = ledger.live(key);
            final long seenS = ledger.takeRefresh(key, NEVER_S);
            if (live != null && seenS != NEVER_S) {
                final Binding next = ledger.binding(key).with(live.seen(seenS, ledger.stamp(live, atS * 1_000_000)));
                ledger.put(key, next);
                seen.put(key, next);
            }
        }
        if (!seen.isEmpty()) {
            primary.commit(
                    batch.edit(primary.tree(), seen),
                    List.of(primary.tip()),
                    "entries seen: " + seen.size() + "\n",
                    atS);
        }
    }

    /** The table forgets these; the commits do not. */
    void collect(final List<BindingKey> tombstones, final long atS) throws IOException {
        primary.commit();
        final Map<BindingKey, Binding> gone = new HashMap<>();
        for (final BindingKey key : tombstones) {
            ledger.put(key, null);
            gone.put(key, null);
        }
        final ObjectId tree = batch.edit(primary.tree(), gone);
        if (!tree.equals(primary.tree())) {
            primary.commit(
                    tree,
                    List.of(primary.tip()),
                    "Arp.gc: %d tombstones collected\n".formatted(tombstones.size()),
                    atS);
        }
    }

    /**
     * Merges the expiry branches on which nobody is waited for any more.
     *
     * @param nowMicros of the steady clock
     */
    void close(final long nowMicros, final long atS) throws IOException {
        primary.commit();
        for (final Map.Entry<ExpiryBranch, Line> each : lines.entrySet()) {
            each.getValue().commit();
            branches.move(each.getKey(), each.getValue().tip());
        }
        for (final ExpiryBranch branch : branches.takeSettled(nowMicros)) {
            if (branch.hasDead()) {
                merge(branch, atS);
                for (final String old : branches.remember(branch.ref)) {
                    batch.delete(old);
                }
                batch.move(branch.ref, branch.tip);
            }
        }
        for (final ExpiryBranch branch : branches.open()) {
            if (branch.hasDead()) {
                batch.move(branch.ref, branch.tip);
            }
        }
    }

    private void merge(final ExpiryBranch branch, final long atS) throws IOException {
        merges++;
        final ObjectId branchTree = batch.treeOf(branch.tip);
        if (primary.tip().equals(branch.base)) {
            fastForwards++;
            primary.fastForward(branch.tip, branchTree);
            return;
        }
        final ObjectId joined = batch.trees().join(primary.tree(), branchTree, (key, ours, theirs, now) -> {});
        primary.commit(joined, List.of(primary.tip(), branch.tip), CommitText.MERGE_EXPIRY, atS);
    }

    /** Primary's line, for the merge with a peer. */
    Line primary() {
        return primary;
    }

    /** Lets primary point to what was written; the batch is to be finished. */
    void finish(final ObjectId before) {
        if (!primary.tip().equals(before)) {
            batch.move(HistoryRepository.PRIMARY, primary.tip());
        }
    }

    /** Changes that were written, or were known already. */
    int written() {
        return written - folded;
    }

    /** Hosts' own words, which are kept for the hour's mark. */
    int folded() {
        return folded;
    }

    int commits() {
        return primary.commits()
                + lines.values().stream().mapToInt(Line::commits).sum();
    }

    int merges() {
        return merges;
    }

    int fastForwards() {
        return fastForwards;
    }
}
