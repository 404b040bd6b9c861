package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.portolan.control.history.peer.MergeResult.Conflict;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.peer.MergeResult.Kind;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.TableReader;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Brings a peer's line into ours. The joined table is a function of the two tables alone; what the lines have in common
 * shapes the graph, and tells who changed what:
 *
 * <pre>
 *   theirs is an ancestor of ours             nothing to do
 *   ours is only the first, empty commit      ours becomes theirs: a new router has the network's memory at once
 *   ours is an ancestor of theirs             fast-forward
 *   the tables are the same                   nothing to do: a commit would say nothing, and be answered by another
 *   else                                      a commit with two parents, ours first
 * </pre>
 *
 * <p>A fast-forward comes before the comparison of the tables: else a router that never changes anything itself would
 * merge each change of its peer anew.
 *
 * <p>The walk for what they have in common goes as far back as they have gone apart; for two histories that have
 * nothing in common, once, through both. Historian only. Nothing is moved: the result says where to.
 */
public final class PeerMerge {
    /** Of more disputes a commit tells how many they are. */
    static final int MOST_TRAILERS = 64;

    private final Batch batch;
    private final String router;
    private final ObjectId ours;
    private final ObjectId theirs;
    private final Map<BindingKey, Difference> differences = new TreeMap<>();
    private final List<Conflict> disputed = new ArrayList<>();

    private PeerMerge(final Batch batch, final String router, final ObjectId ours, final ObjectId theirs) {
        this.batch = batch;
        this.router = router;
        this.ours = ours;
        this.theirs = theirs;
    }

    /**
     * @param batch takes the merge commit; may already hold commits that {@code ours} is one of
     * @param router ours
     * @param ours our primary as it stands, in the batch or before it
     * @param peer what theirs is called
     * @param theirs a commit that was adopted, {@link Fetched#head}
     * @param atS time of the merge
     */
    public static MergeResult merge(
            final Batch batch,
            final String router,
            final ObjectId ours,
            final String peer,
            final ObjectId theirs,
            final long atS)
            throws IOException {
        return new PeerMerge(batch, router, ours, theirs).merge(peer, atS);
    }

    private MergeResult merge(final String peer, final long atS) throws IOException {
        final ObjectId ourTree = batch.treeOf(ours);
        final ObjectId theirTree = batch.treeOf(theirs);
        final List<ObjectId> bases = bases();
        if (bases.contains(theirs)) {
            return MergeResult.nothing(ours, ourTree);
        }
        final ObjectId joined = join(ourTree, theirTree);
        if (!ourTree.equals(theirTree) && isBlank(ourTree)) {
            return result(Kind.SEEDED, theirs, theirTree, List.of());
        }
        if (bases.contains(ours) && takesOver(joined, theirTree)) {
            return result(Kind.FORWARDED, theirs, theirTree, List.of());
        }
        if (ourTree.equals(theirTree)) {
            return MergeResult.nothing(ours, ourTree);
        }
        final List<Conflict> conflicts = conflicts(bases);
        final ObjectId merge = batch.commit(joined, List.of(ours, theirs), message(peer, conflicts), atS);
        return result(Kind.MERGED, merge, joined, conflicts);
    }

    private MergeResult result(
            final Kind kind, final ObjectId head, final ObjectId tree, final List<Conflict> conflicts) {
        return new MergeResult(kind, head, tree, List.copyOf(differences.values()), conflicts);
    }

    /** The best common ancestors: none, one, or several where the lines have crossed. */
    private List<ObjectId> bases() throws IOException {
        final List<ObjectId> bases = new ArrayList<>();
        try (RevWalk walk = new RevWalk(batch.reader())) {
            walk.setRetainBody(false);
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(walk.parseCommit(ours));
            walk.markStart(walk.parseCommit(theirs));
            for (RevCommit base = walk.next(); base != null; base = walk.next()) {
                bases.add(base.copy());
            }
        }
        return bases;
    }

    /** Whether ours is the commit that a repository begins with, and not the boundary of a longer one. */
    private boolean isBlank(final ObjectId ourTree) throws IOException {
        final RevCommit whole =
                RevCommit.parse(batch.reader().open(ours, Constants.OBJ_COMMIT).getCachedBytes());
        return whole.getParentCount() == 0
                && TableReader.read(batch.reader(), ourTree).isEmpty();
    }

    private ObjectId join(final ObjectId ourTree, final ObjectId theirTree) throws IOException {
        return batch.trees().join(ourTree, theirTree, (key, before, other, now) -> {
            if (!now.equals(before)) {
                differences.put(key, new Difference(key, before, now));
            }
            if (before != null && before.mac() != 0 && other.mac() != 0 && before.mac() != other.mac()) {
                disputed.add(new Conflict(key, now.mac(), before.mac() == now.mac() ? other.mac() : before.mac()));
            }
        });
    }

    /**
     * Whether their table is ours with newer values: then it replaces ours. Tombstones that they have collected go. If
     * it lacks anything else, something went wrong there, and the join keeps it.
     */
    private boolean takesOver(final ObjectId joined, final ObjectId theirTree) throws IOException {
        if (joined.equals(theirTree)) {
            return true;
        }
        final List<Difference> collected = new ArrayList<>();
        final boolean[] lost = new boolean[1];
        batch.trees().join(theirTree, joined, (key, their, kept, now) -> {
            if (their == null && kept.mac() == 0) {
                collected.add(new Difference(key, kept, null));
            } else {
                lost[0] = true;
            }
        });
        if (!lost[0]) {
            collected.forEach(each -> differences.put(each.key(), each));
        }
        return !lost[0];
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

    private String message(final String peer, final List<Conflict> conflicts) {
        final StringBuilder text = new StringBuilder(64 + 64 * Math.min(conflicts.size(), MOST_TRAILERS));
        text.append("Arp.merge: ").append(peer).append(" into ").append(router).append('\n');
        if (!conflicts.isEmpty()) {
            text.append('\n');
        }
        for (int i = 0; i < conflicts.size() && i < MOST_TRAILERS; i++) {
            final Conflict each = conflicts.get(i);
            text.append("Conflict: ")
                    .append(Ipv4.describeAddress(each.key().address()))
                    .append(' ')
                    .append(Ethernet.describeMac(each.kept()))
                    .append(" over ")
                    .append(Ethernet.describeMac(each.lost()))
                    .append('\n');
        }
        if (conflicts.size() > MOST_TRAILERS) {
            text.append("Conflicts: ").append(conflicts.size()).append('\n');
        }
        return text.toString();
    }
}
