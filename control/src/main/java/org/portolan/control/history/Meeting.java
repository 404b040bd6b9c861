package org.portolan.control.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.pack.HeapShare;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.peer.MergeResult;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.peer.PeerFilter;
import org.portolan.control.history.peer.PeerMerge;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;

/** Brings what a peer remembers into one batch, and into the ledger. Historian's thread only. */
final class Meeting {
    private static final int BINDING_BYTES = 640;
    private static final int MOST_HELD = HeapShare.LEDGER.count(BINDING_BYTES);

    private final Batch batch;
    private final Ledger ledger;
    private final Wire[] wires;
    private final Scribe scribe;
    private final String router;
    private final PeerFilter filter;
    private final List<Hearsay> hearsay = new ArrayList<>();
    private int added;

    Meeting(
            final Batch batch,
            final Ledger ledger,
            final Wire[] wires,
            final Scribe scribe,
            final String router,
            final PeerFilter filter) {
        this.batch = batch;
        this.ledger = ledger;
        this.wires = wires;
        this.scribe = scribe;
        this.router = router;
        this.filter = filter;
    }

    /**
     * @param isTied whether the peer's line is to be tied to ours though it may bring nothing
     * @param isShared whether what it says of our segments is all that is taken
     */
    MergeResult merge(final Fetched fetched, final long nowS, final boolean isTied, final boolean isShared)
            throws IOException {
        if (isShared) {
            fetched.lend(batch);
        } else {
            fetched.adopt(batch);
        }
        final Line primary = scribe.primary();
        scribe.mark(wouldExpire(primary.tree(), batch.treeOf(fetched.head())), nowS);
        final Tombstones tombstones = new Tombstones(ledger.bindings(), nowS);
        final MergeText text = new MergeText(fetched.peer(), router);
        final PeerMerge all = new PeerMerge(
                batch,
                (key, theirs) -> isForgotten(tombstones, key, theirs),
                filter,
                difference -> isHeld(text, difference),
                text::of);
        final PeerMerge merge = isShared ? all.ofSegments(this::isOurs) : all;
        MergeResult result = merge.merge(primary.tip(), fetched.head(), nowS);
        if (isTied && result.kind() == MergeResult.Kind.NOTHING) {
            result = merge.tie(primary.tip(), fetched.head(), nowS);
        }
        if (result.kind() != MergeResult.Kind.NOTHING) {
            primary.fastForward(result.head(), result.tree());
        }
        result.differences().forEach(this::take);
        return result;
    }

    /** @param segment its directory */
    private boolean isOurs(final String segment) {
        for (final Wire wire : wires) {
            if (wire.key(0).segmentDirectory().equals(segment)) {
                return true;
            }
        }
        return false;
    }

    /** How many tombstones others' segments have is theirs to bound: here they only grow old. */
    private boolean isForgotten(final Tombstones tombstones, final BindingKey key, final Binding theirs) {
        return Wire.isAny(wires, key) ? tombstones.wouldBeDue(key, theirs) : tombstones.isOld(theirs);
    }

    /**
     * What is of other wires is kept in the history only.
     *
     * @throws UncheckedIOException when the heap has no room for what the peer says of ours
     */
    private boolean isHeld(final MergeText text, final Difference difference) {
        if (!Wire.isAny(wires, difference.key())) {
            text.countElsewhere(difference);
            return false;
        }
        if (ledger.binding(difference.key()) == null) {
            added++;
            requireRoom();
        }
        return true;
    }

    private void requireRoom() {
        if (ledger.bindings().size() + added > MOST_HELD) {
            throw new UncheckedIOException(new HistoryException(
                    ("it would make the table of this router's segments larger than %d bindings, and the heap has no"
                                    + " room for that: give the router more (PORTOLAN_HEAP), or take the peer out of"
                                    + " history.peers")
                            .formatted(MOST_HELD)));
        }
    }

    /** A refresh that no commit says yet beats the expiry of what it refreshed: so a commit says it first. */
    private Set<BindingKey> wouldExpire(final ObjectId ours, final ObjectId theirs) throws IOException {
        final Set<BindingKey> keys = new HashSet<>();
        if (!ledger.refreshes().isEmpty()) {
            batch.trees().join(ours, theirs, this::isOurs, (key, their) -> false, (key, our, their, joined) -> {
                if (ledger.refreshes().containsKey(key)
                        && ledger.live(key) != null
                        && joined.observed() != null
                        && joined.observed().state() == State.EXPIRED) {
                    keys.add(key);
                }
            });
        }
        return keys;
    }

    /** The ledger may be ahead of primary, by the open expiry branches. */
    private void take(final MergeResult.Difference difference) {
        final Binding before = ledger.binding(difference.key());
        final Binding after = before == null ? difference.after() : Binding.join(before, difference.after());
        if (!after.equals(before)) {
            ledger.put(difference.key(), after);
            if (after.mac() != 0) {
                ledger.claims().end(difference.key());
            }
            hearsay.addAll(Hearsay.of(difference.key(), before, after, wires));
        }
    }

    /** What control gets to know once the batch is durable. */
    List<Hearsay> hearsay() {
        return hearsay;
    }
}
