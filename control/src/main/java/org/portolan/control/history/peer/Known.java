package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.retain.Shallow;
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
     * Commits to tell the peer of, so that it sends what leads from one of them: its own last head, ours, and on the way
     * back from there each of the first few, then ever fewer. What falls between two of them comes once more.
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

    /**
     * The boundary that the history has with what came: ours, and of the peer's each commit that came without its
     * parents. A commit whose parents lead to primary is none, though it is one at the peer's: nothing is cut off here
     * because it was cut off there.
     *
     * @param fresh reads what came and nothing else
     */
    Set<ObjectId> boundaryWith(final Set<ObjectId> told, final ObjectReader fresh) throws IOException {
        final Set<ObjectId> together = new HashSet<>(boundary);
        try (ObjectReader own = git.newObjectReader()) {
            for (final ObjectId each : told) {
                if (!boundary.contains(each) && fresh.has(each) && !own.has(each)) {
                    // Not RevWalk.parseCommit: this one sees the parents whatever the boundary is.
                    final RevCommit commit = RevCommit.parse(
                            fresh.open(each, Constants.OBJ_COMMIT).getCachedBytes());
                    if (!leadToPrimary(commit.getParents(), own)) {
                        together.add(each);
                    }
                }
            }
        }
        return together;
    }

    private boolean leadToPrimary(final RevCommit[] parents, final ObjectReader own) throws IOException {
        final Set<ObjectId> sought = new HashSet<>();
        for (final RevCommit parent : parents) {
            if (!own.has(parent)) {
                return false;
            }
            sought.add(parent.copy());
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
