package org.portolan.control.history.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.peer.MergeResult.Conflict;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.peer.MergeResult.Kind;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.TableReader;

/**
 * Brings a peer's table into ours, without what {@link PeerFilter} leaves out of it. The joined table is a function of
 * what is left and of our table; what the lines have in common tells who changed what:
 *
 * <pre>
 *   the joined table is ours                  nothing to do: a commit would say nothing, and be answered by another
 *   ours is only the first, empty commit      ours becomes theirs: a new router has the network's memory at once;
 *                                             when something is left out, with a commit on top that removes it
 *   theirs is an ancestor of ours             nothing to do: what we have forgotten since does not come back
 *   else                                      a commit with two parents, ours first
 * </pre>
 *
 * <p>Where ours has won a dispute the joined table is ours, and there is a commit all the same: it says so once,
 * because from then on theirs is what the two have in common.
 *
 * <p>A record that waits for its time is asked for again, so theirs is not to be an ancestor of ours before. While there
 * is one, the commits that theirs follows take its place: the peer's past becomes ours all the same, and retention can
 * let go of it. A dispute that ours has won makes no commit then: theirs does not become what the two have in common.
 *
 * <p>There is no fast-forward: the first parents of our primary are what this router's own table was, whatever peers
 * did. So routers come to one table, and not to one commit.
 *
 * <p>{@link CommonPast} says what the two have in common. Historian only. Nothing is moved: the result says where to.
 */
public final class PeerMerge {
    /** What the commit says. */
    @FunctionalInterface
    public interface Words {
        String of(List<Difference> differences, List<Conflict> conflicts);
    }

    /** Of still more it tells of so many: each is looked up in what the lines have in common. */
    private static final int MOST_DISPUTES = 16_384;

    private final Batch batch;
    private final BiPredicate<BindingKey, Binding> isForgotten;
    private final PeerFilter filter;
    private final Predicate<Difference> isHeld;
    private final Words words;
    private final Predicate<String> isJoined;
    private final boolean isWhole;
    private final CommonPast common;
    /** What is to be put in place of what they say; null removes. */
    private final Map<BindingKey, Binding> leftOut = new HashMap<>();

    private final Map<BindingKey, Difference> differences = new TreeMap<>();
    private final List<Conflict> disputed = new ArrayList<>();

    /**
     * For one merge.
     *
     * @param batch takes the commit
     * @param isForgotten whether our table would forget a binding of theirs as soon as it had it: taken in, it would go
     *     and come back at each meeting
     * @param filter what else of theirs is not taken
     * @param isHeld asked once of each difference, whether it is wanted: all of them may be more than the heap has room
     *     for
     */
    public PeerMerge(
            final Batch batch,
            final BiPredicate<BindingKey, Binding> isForgotten,
            final PeerFilter filter,
            final Predicate<Difference> isHeld,
            final Words words) {
        this(batch, isForgotten, filter, isHeld, words, segment -> true, true);
    }

    private PeerMerge(
            final Batch batch,
            final BiPredicate<BindingKey, Binding> isForgotten,
            final PeerFilter filter,
            final Predicate<Difference> isHeld,
            final Words words,
            final Predicate<String> isJoined,
            final boolean isWhole) {
        this.batch = batch;
        this.isForgotten = isForgotten;
        this.filter = filter;
        this.isHeld = isHeld;
        this.words = words;
        this.isJoined = isJoined;
        this.isWhole = isWhole;
        common = new CommonPast(batch, System::nanoTime);
    }

    /**
     * The same of some segments only, out of what the batch was {@link Fetched#lend lent}: with a commit of ours that
     * has one parent, or nothing.
     *
     * @param isJoined asked of each segment's directory
     */
    public PeerMerge ofSegments(final Predicate<String> isJoined) {
        return new PeerMerge(batch, isForgotten, filter, isHeld, words, isJoined, false);
    }

    /**
     * @param ours our primary as it stands, in the batch or before it
     * @param theirs a commit that was adopted, {@link Fetched#head}
     * @param atS time of the merge
     */
    public MergeResult merge(final ObjectId ours, final ObjectId theirs, final long atS) throws IOException {
        final ObjectId ourTree = batch.treeOf(ours);
        final ObjectId theirTree = batch.treeOf(theirs);
        final boolean isSeeded = isWhole
                && filter.isSeed()
                && !ourTree.equals(theirTree)
                && HistoryRepository.isBlank(batch.reader(), ours);
        // A table that becomes ours as it is may have what we would forget: it is forgotten in time.
        final BiPredicate<BindingKey, Binding> isLeft = isSeeded ? (key, binding) -> false : isForgotten;
        ObjectId taken = theirTree;
        ObjectId joined = batch.trees()
                .join(
                        ourTree,
                        theirTree,
                        isJoined,
                        isLeft,
                        (key, before, other, now) -> take(key, before, other, isLeft));
        final boolean isAllTaken = leftOut.isEmpty();
        if (!isAllTaken) {
            taken = batch.edit(theirTree, leftOut);
            joined = batch.trees().join(ourTree, taken, isJoined, isLeft, (key, before, other, now) -> {});
        }
        // What they have in common is looked for next, and takes as much of the heap.
        leftOut.clear();
        final boolean isNews = !joined.equals(ourTree);
        if (!isNews && (disputed.isEmpty() || !isWhole || filter.isAnyEarly())) {
            return MergeResult.nothing(ours, ourTree);
        }
        if (isSeeded) {
            return seeded(ours, theirs, taken, isAllTaken, atS);
        }
        if (!isWhole) {
            batch.copy(ourTree, joined);
            return commit(ours, List.of(), joined, newlyLost(), atS);
        }
        final List<ObjectId> bases = common.bases(ours, theirs);
        final List<Conflict> conflicts = conflicts(bases);
        if (bases.contains(theirs) || !isNews && conflicts.isEmpty()) {
            return MergeResult.nothing(ours, ourTree);
        }
        return commit(ours, past(ours, theirs, bases), joined, conflicts, atS);
    }

    private MergeResult seeded(
            final ObjectId ours, final ObjectId theirs, final ObjectId taken, final boolean isAllTaken, final long atS)
            throws IOException {
        final List<Difference> changed = List.copyOf(differences.values());
        final ObjectId head = isAllTaken
                ? theirs
                : batch.commit(taken, List.of(beginning(ours, theirs)), words.of(changed, List.of()), atS);
        return new MergeResult(Kind.SEEDED, isAllTaken ? 0 : 1, head, taken, changed, List.of());
    }

    /** The commit that a new line follows when not all of theirs is taken. */
    private ObjectId beginning(final ObjectId ours, final ObjectId theirs) throws IOException {
        if (!filter.isAnyEarly()) {
            return theirs;
        }
        final List<ObjectId> parents = parents(theirs);
        return parents.isEmpty() ? ours : parents.getFirst();
    }

    /**
     * What of theirs becomes our past: all of it, or while something waits for its time what their head follows.
     *
     * @param bases what the two have in common
     * @return none, one or two commits
     */
    private List<ObjectId> past(final ObjectId ours, final ObjectId theirs, final List<ObjectId> bases)
            throws IOException {
        if (!filter.isAnyEarly()) {
            return List.of(theirs);
        }
        final List<ObjectId> past = new ArrayList<>();
        for (final ObjectId parent : parents(theirs)) {
            if (!bases.contains(parent) && !common.bases(ours, parent).contains(parent)) {
                past.add(parent);
            }
        }
        return past;
    }

    /** None where a boundary hides them: they may be on the disk still, without what leads to them. */
    private List<ObjectId> parents(final ObjectId theirs) throws IOException {
        try (RevWalk walk = new RevWalk(batch.reader())) {
            return Stream.of(walk.parseCommit(theirs).getParents())
                    .map(RevCommit::copy)
                    .toList();
        }
    }

    /**
     * A commit of ours that says that theirs has nothing new. Without one now and then the lines of two routers of
     * which one has never anything to say would have ever less in common: the walk would be as long as the history, and
     * no retention could let go of that peer's past.
     */
    public MergeResult tie(final ObjectId ours, final ObjectId theirs, final long atS) throws IOException {
        final ObjectId tree = batch.treeOf(ours);
        final List<ObjectId> bases = common.bases(ours, theirs);
        final List<ObjectId> past = bases.contains(theirs) ? List.of() : past(ours, theirs, bases);
        return past.isEmpty() ? MergeResult.nothing(ours, tree) : commit(ours, past, tree, List.of(), atS);
    }

    /** @param past what becomes ours, with a commit for each: a commit of more than two parents is taken by no peer */
    private MergeResult commit(
            final ObjectId ours,
            final List<ObjectId> past,
            final ObjectId tree,
            final List<Conflict> conflicts,
            final long atS)
            throws IOException {
        final List<Difference> changed = List.copyOf(differences.values());
        final List<ObjectId> parents = past.isEmpty() ? List.of(ours) : List.of(ours, past.getFirst());
        ObjectId head = batch.commit(tree, parents, words.of(changed, conflicts), atS);
        for (final ObjectId more : past.subList(parents.size() - 1, past.size())) {
            head = batch.commit(tree, List.of(head, more), words.of(List.of(), List.of()), atS);
        }
        return new MergeResult(Kind.MERGED, Math.max(1, past.size()), head, tree, changed, conflicts);
    }

    /**
     * What one binding of theirs changes. Where a part of it is left out the table is joined once more without that
     * part; what comes of it is said here already.
     *
     * @param ours null when only they know it
     */
    private void take(
            final BindingKey key,
            final Binding ours,
            final Binding theirs,
            final BiPredicate<BindingKey, Binding> isLeft) {
        final Binding admitted = filter.admit(key, ours, theirs);
        if (admitted != theirs) {
            leaveOut(key, admitted);
        }
        if (admitted == null || ours == null && isLeft.test(key, admitted)) {
            return;
        }
        final Binding now = ours == null ? admitted : Binding.join(ours, admitted);
        if (!now.equals(ours)) {
            hold(new Difference(key, ours, now));
        }
        if (disputed.size() < MOST_DISPUTES
                && ours != null
                && ours.mac() != 0
                && admitted.mac() != 0
                && ours.mac() != admitted.mac()) {
            disputed.add(new Conflict(key, now.mac(), ours.mac() == now.mac() ? admitted.mac() : ours.mac()));
        }
    }

    private void leaveOut(final BindingKey key, final Binding admitted) {
        leftOut.put(key, admitted);
        if (leftOut.size() > PeerHeap.leftOutBindings()) {
            throw new UncheckedIOException(new HistoryException(
                    "more than %d records of it are not to be taken, the first of them %s; nothing of it was taken"
                            .formatted(PeerHeap.leftOutBindings(), filter.first())));
        }
    }

    private void hold(final Difference difference) {
        if (isHeld.test(difference)) {
            differences.put(difference.key(), difference);
        }
    }

    /** What the two have in common is not looked for: disputes that ours has won would be reported in each meeting. */
    private List<Conflict> newlyLost() {
        return disputed.stream()
                .filter(each -> differences.containsKey(each.key())
                        && differences.get(each.key()).before().mac() == each.lost())
                .toList();
    }

    /** Where both have changed what they had in common: what only one changed is news and no dispute. */
    private List<Conflict> conflicts(final List<ObjectId> bases) throws IOException {
        final List<Conflict> conflicts = new ArrayList<>();
        for (final Conflict each : disputed) {
            boolean both = each.kept() != 0;
            for (int i = 0; i < bases.size() && both; i++) {
                final Optional<Binding> base = TableReader.find(batch.reader(), batch.treeOf(bases.get(i)), each.key());
                both = base.isEmpty()
                        || base.get().mac() != each.kept() && base.get().mac() != each.lost();
            }
            if (both) {
                conflicts.add(each);
            }
        }
        return conflicts;
    }
}
