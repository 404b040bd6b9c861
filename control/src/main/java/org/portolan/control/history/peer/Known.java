package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.Refs;

/**
 * What the history held at one moment of a fetch. All that leads to {@code primary} is sound: it was written here, or
 * checked when it came.
 *
 * @param remote the peer's head as it came last, null before the first time
 * @param boundary commits that are here without their parents
 */
record Known(FileRepository git, ObjectId primary, ObjectId remote, Set<ObjectId> boundary) {
    private static final int MOST_HAVES = 256;
    private static final int EACH = 32;
    private static final int WALK = 8_192;
    /** Steps back of the clock and new days: those of twenty years. To find the time of each takes some 0.5 s. */
    private static final int MOST_TURNS = 8_192;

    private static final long DAY_S = TimeUnit.DAYS.toSeconds(1);

    static Known of(final HistoryRepository history, final String remoteRef) throws IOException {
        final FileRepository git = history.git();
        final Ref remote = Refs.find(git, remoteRef);
        final Ref primary = Refs.primary(git);
        if (primary == null) {
            throw new HistoryException(history.path() + " has no branch primary");
        }
        return new Known(git, primary.getObjectId(), remote == null ? null : remote.getObjectId(), Shallow.read(git));
    }

    /** Whether a later look shows a history that leads to all that this one led to. */
    boolean isStill(final Known later) {
        return Objects.equals(remote, later.remote) && boundary.equals(later.boundary);
    }

    boolean holds(final ObjectId head) {
        return head.equals(primary) || head.equals(remote);
    }

    /**
     * Commits to tell the peer of, so that it sends what leads from one of them: its own last head, ours, and on the
     * way back from there each of the first few, then ever fewer. What falls between two of them comes once more.
     */
    List<ObjectId> haves(final Watch watch) throws IOException {
        final Set<ObjectId> haves = new LinkedHashSet<>();
        if (remote != null) {
            haves.add(remote);
        }
        haves.add(primary);
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRetainBody(false);
            walk.markStart(walk.parseCommit(primary));
            int step = 1;
            int next = 0;
            for (int i = 0; i < WALK && haves.size() < MOST_HAVES; i++) {
                watch.check();
                final RevCommit commit = walk.next();
                if (commit == null) {
                    break;
                }
                if (i == next) {
                    haves.add(commit.copy());
                    step += i < EACH ? 0 : 1;
                    next += step;
                }
            }
        }
        return new ArrayList<>(haves);
    }

    /**
     * Whether any commit of a line of first parents is of a later time, or its dates turn too often: to look for the
     * time of each of them would take too long.
     */
    static boolean isLineAfter(final long latestS, final ObjectId head, final ObjectReader reader, final Watch watch)
            throws IOException {
        final Set<ObjectId> ends = reader.getShallowCommits();
        RawCommit at = RawCommit.read(reader, head);
        int turns = 0;
        while (at.timeS() <= latestS && turns <= MOST_TURNS && !at.parents().isEmpty() && !ends.contains(at.id())) {
            watch.check();
            final RawCommit parent = RawCommit.read(reader, at.parents().getFirst());
            turns += at.timeS() < parent.timeS() || day(at) != day(parent) ? 1 : 0;
            at = parent;
        }
        return at.timeS() > latestS || turns > MOST_TURNS;
    }

    private static long day(final RawCommit commit) {
        return Math.floorDiv(commit.timeS(), DAY_S);
    }

    /** Commits that are here with all that leads to them, and stay so until the peer's next head is adopted. */
    List<ObjectId> roots() {
        return remote == null ? List.of(primary) : List.of(primary, remote);
    }

    /**
     * @param edge commits
     * @param leanings other objects
     * @param watch ends it when it takes too long
     * @throws BadPeerException when anything of it is here by chance only, so that git may remove it any day
     */
    void requireLedTo(final Set<ObjectId> edge, final Set<ObjectId> leanings, final Watch watch) throws IOException {
        try (ObjectReader own = git.newObjectReader()) {
            final Set<ObjectId> sought = new HashSet<>(edge);
            new OwnPast(own, boundary, roots(), PeerHeap.ownObjects(), watch).findCommits(sought);
            if (sought.isEmpty()) {
                // What the edge has, the peer need not send; so most is found at once.
                new OwnPast(own, edge, edge, PeerHeap.ownObjects(), watch).findObjects(leanings);
                new OwnPast(own, boundary, roots(), PeerHeap.ownObjects(), watch).findObjects(leanings);
            }
            if (!sought.isEmpty() || !leanings.isEmpty()) {
                throw new BadPeerException("depends on objects that no ref of this router leads to");
            }
        }
    }

    /**
     * The boundary that the history has with what came: ours, and of the peer's each commit that came without its
     * parents. A commit that leads to primary, or whose parents do, is none, though it is one at the peer's: nothing is
     * cut off here because it was cut off there. That a commit is here still, behind our own boundary, says nothing.
     *
     * @param head the peer's
     * @param fresh reads what came and nothing else
     * @param watch ends it when it takes too long
     */
    Set<ObjectId> boundaryWith(
            final Set<ObjectId> sent, final ObjectId head, final ObjectReader fresh, final Watch watch)
            throws IOException {
        final Set<ObjectId> together = new HashSet<>(boundary);
        try (ObjectReader own = git.newObjectReader()) {
            together.addAll(cutOff(parentsOf(sent, fresh, watch), List.of(primary), own, watch));
            if (!boundary.isEmpty() && fresh.has(head)) {
                together.addAll(cutOff(withoutParents(head, together, fresh, watch), roots(), own, watch));
            }
        }
        return together;
    }

    private Map<ObjectId, List<ObjectId>> parentsOf(
            final Set<ObjectId> sent, final ObjectReader fresh, final Watch watch) throws IOException {
        final Map<ObjectId, List<ObjectId>> parents = new HashMap<>();
        for (final ObjectId each : sent) {
            watch.check();
            if (!boundary.contains(each) && fresh.has(each)) {
                parents.put(each, parents(each, fresh));
            }
        }
        return parents;
    }

    /** Not JGit's: that one sees the parents as the boundary is, and holds the whole text. */
    private static List<ObjectId> parents(final ObjectId commit, final ObjectReader fresh) throws IOException {
        final byte[] raw = fresh.open(commit, Constants.OBJ_COMMIT).getCachedBytes();
        CommitCheck.requireFewParents(commit, raw);
        return RawCommit.parse(commit, raw).parents();
    }

    /**
     * What came without its parents, whether the server said so or not, with those that did not come: a server takes it
     * that we have what lies behind our own boundary, and does not say where its history ends there.
     */
    private static Map<ObjectId, List<ObjectId>> withoutParents(
            final ObjectId head, final Set<ObjectId> ends, final ObjectReader fresh, final Watch watch)
            throws IOException {
        final Map<ObjectId, List<ObjectId>> missing = new HashMap<>();
        final ObjectIdSubclassMap<ObjectId> met = new ObjectIdSubclassMap<>();
        final Deque<ObjectId> waiting = new ArrayDeque<>(List.of(head));
        while (!waiting.isEmpty()) {
            watch.check();
            final ObjectId at = waiting.pop();
            if (ends.contains(at) || met.contains(at)) {
                continue;
            }
            met.add(at);
            for (final ObjectId parent : parents(at, fresh)) {
                if (fresh.has(parent)) {
                    waiting.push(parent);
                } else {
                    missing.computeIfAbsent(at, each -> new ArrayList<>(2)).add(parent);
                }
            }
        }
        return missing;
    }

    /**
     * Those of the commits that do not lead to a root, as one of their parents does not either. What is on the disk
     * still and nothing leads to is not a parent.
     */
    private Set<ObjectId> cutOff(
            final Map<ObjectId, List<ObjectId>> parents,
            final List<ObjectId> roots,
            final ObjectReader own,
            final Watch watch)
            throws IOException {
        final Set<ObjectId> sought = new HashSet<>();
        for (final Map.Entry<ObjectId, List<ObjectId>> each : parents.entrySet()) {
            watch.check();
            addKnown(each.getKey(), own, sought);
            for (final ObjectId parent : each.getValue()) {
                addKnown(parent, own, sought);
            }
        }
        final Set<ObjectId> reached = new HashSet<>(sought);
        new OwnPast(own, boundary, roots, PeerHeap.ownObjects(), watch).findCommits(sought);
        reached.removeAll(sought);
        final Set<ObjectId> cut = new HashSet<>();
        parents.forEach((commit, each) -> {
            if (!reached.contains(commit) && !reached.containsAll(each)) {
                cut.add(commit);
            }
        });
        return cut;
    }

    private static void addKnown(final ObjectId commit, final ObjectReader own, final Set<ObjectId> known)
            throws IOException {
        if (own.has(commit)) {
            known.add(commit);
            PeerHeap.requireFewLeanings(known.size());
        }
    }
}
