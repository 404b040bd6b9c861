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
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.store.HistoryRepository;

/**
 * What the history held when a fetch began. All that leads to {@code primary} is sound: it was written here, or checked
 * when it came.
 *
 * @param remote the peer's head as it came last, null before the first time
 * @param boundary commits that are here without their parents
 */
record Known(FileRepository git, ObjectId primary, ObjectId remote, Set<ObjectId> boundary) {
    private static final int MOST_HAVES = 256;
    private static final int EACH = 32;
    private static final int WALK = 8_192;

    static Known of(final HistoryRepository history, final String remoteRef) throws IOException {
        final FileRepository git = history.git();
        final Ref remote = git.exactRef(remoteRef);
        return new Known(
                git,
                git.exactRef(HistoryRepository.PRIMARY).getObjectId(),
                remote == null ? null : remote.getObjectId(),
                Shallow.read(git));
    }

    boolean holds(final ObjectId head) {
        return head.equals(primary) || head.equals(remote);
    }

    /**
     * Commits to tell the peer of, so that it sends what leads from one of them: its own last head, ours, and on the
     * way back from there each of the first few, then ever fewer. What falls between two of them comes once more.
     */
    List<ObjectId> haves() throws IOException {
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

    /** Commits that are here with all that leads to them, and stay so until the peer's next head is adopted. */
    List<ObjectId> roots() {
        return remote == null ? List.of(primary) : List.of(primary, remote);
    }

    /** @throws BadPeerException when anything of it is here by chance only, so that git may remove it any day */
    void requireLedTo(final ObjectIdSubclassMap<ObjectId> leanings) throws IOException {
        int left = leanings.size();
        if (left == 0) {
            return;
        }
        try (ObjectWalk walk = new ObjectWalk(git)) {
            for (final ObjectId root : roots()) {
                walk.markStart(walk.parseCommit(root));
            }
            for (RevObject at = walk.next(); at != null && left > 0; at = walk.next()) {
                left -= leanings.contains(at) ? 1 : 0;
            }
            for (RevObject at = walk.nextObject(); at != null && left > 0; at = walk.nextObject()) {
                left -= leanings.contains(at) ? 1 : 0;
            }
        }
        if (left > 0) {
            throw new BadPeerException("leans on objects that nothing here leads to");
        }
    }

    /**
     * The boundary that the history has with what came: ours, and of the peer's each commit that came without its
     * parents. A commit that leads to primary, or whose parents do, is none, though it is one at the peer's: nothing is
     * cut off here because it was cut off there. That a commit is here still, behind our own boundary, says nothing.
     *
     * @param head the peer's
     * @param fresh reads what came and nothing else
     */
    Set<ObjectId> boundaryWith(final Set<ObjectId> told, final ObjectId head, final ObjectReader fresh)
            throws IOException {
        final Set<ObjectId> together = new HashSet<>(boundary);
        try (ObjectReader own = git.newObjectReader()) {
            for (final ObjectId each : told) {
                if (!boundary.contains(each) && fresh.has(each) && !leadToPrimary(List.of(each), own)) {
                    // Not RevWalk.parseCommit: this one sees the parents whatever the boundary is.
                    final RevCommit commit = RevCommit.parse(
                            fresh.open(each, Constants.OBJ_COMMIT).getCachedBytes());
                    if (!leadToPrimary(List.of(commit.getParents()), own)) {
                        together.add(each);
                    }
                }
            }
        }
        if (!boundary.isEmpty() && fresh.has(head)) {
            together.addAll(withoutParents(head, together, fresh));
        }
        return together;
    }

    /**
     * What came without its parents, told or not: a server takes it that we have what lies behind our own boundary, and
     * does not tell where its history ends there. What is on the disk still and nothing leads to is no parent.
     */
    private Set<ObjectId> withoutParents(final ObjectId head, final Set<ObjectId> ends, final ObjectReader fresh)
            throws IOException {
        final Map<ObjectId, Set<ObjectId>> children = new HashMap<>();
        final Set<ObjectId> met = new HashSet<>();
        final Deque<ObjectId> waiting = new ArrayDeque<>(List.of(head));
        while (!waiting.isEmpty()) {
            final ObjectId at = waiting.pop();
            if (ends.contains(at) || !met.add(at)) {
                continue;
            }
            final RevCommit commit =
                    RevCommit.parse(fresh.open(at, Constants.OBJ_COMMIT).getCachedBytes());
            for (final RevCommit parent : commit.getParents()) {
                if (fresh.has(parent)) {
                    waiting.push(parent.copy());
                } else {
                    children.computeIfAbsent(parent.copy(), each -> new HashSet<>())
                            .add(at);
                }
            }
        }
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRetainBody(false);
            for (final ObjectId root : roots()) {
                walk.markStart(walk.parseCommit(root));
            }
            for (RevCommit at = walk.next(); at != null && !children.isEmpty(); at = walk.next()) {
                children.remove(at);
            }
        }
        final Set<ObjectId> found = new HashSet<>();
        children.values().forEach(found::addAll);
        return found;
    }

    private boolean leadToPrimary(final List<? extends ObjectId> commits, final ObjectReader own) throws IOException {
        final Set<ObjectId> sought = new HashSet<>();
        for (final ObjectId commit : commits) {
            if (!own.has(commit)) {
                return false;
            }
            sought.add(commit.copy());
        }
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRetainBody(false);
            walk.markStart(walk.parseCommit(primary));
            for (RevCommit at = walk.next(); at != null && !sought.isEmpty(); at = walk.next()) {
                sought.remove(at);
            }
        }
        return sought.isEmpty();
    }
}
