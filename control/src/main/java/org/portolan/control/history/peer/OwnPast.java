package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.pack.RawCommit;

/**
 * Looks for commits and other objects in what leads to our own heads, the newest commits first. Holds 50 bytes for each
 * object that it has seen, where JGit's walks hold 200, and ends when it has found all, has seen too many or took
 * too long: what a peer names may lie anywhere, or nowhere.
 */
final class OwnPast {
    private final ObjectReader reader;
    private final Set<ObjectId> boundary;
    private final Collection<ObjectId> roots;
    private final int most;
    private final Watch watch;
    private final ObjectIdSubclassMap<ObjectId> seen = new ObjectIdSubclassMap<>();

    /**
     * @param boundary commits whose parents are not here
     * @param most objects that are held
     * @param watch of the peer's turn
     */
    OwnPast(
            final ObjectReader reader,
            final Set<ObjectId> boundary,
            final Collection<ObjectId> roots,
            final int most,
            final Watch watch) {
        this.reader = reader;
        this.boundary = boundary;
        this.roots = roots;
        this.most = most;
        this.watch = watch;
    }

    @FunctionalInterface
    private interface Visitor {
        /** Whether it goes on. */
        boolean visit(RawCommit commit) throws IOException;
    }

    /** Takes out those that are among the commits. */
    void findCommits(final Set<ObjectId> sought) throws IOException {
        if (!sought.isEmpty()) {
            walk(commit -> {
                sought.remove(commit.id());
                return !sought.isEmpty();
            });
        }
    }

    /** Takes out those that are in the trees of the commits. */
    void findObjects(final Set<ObjectId> sought) throws IOException {
        if (!sought.isEmpty()) {
            walk(commit -> findIn(commit.tree(), true, sought));
        }
    }

    private void walk(final Visitor visitor) throws IOException {
        seen.clear();
        final PriorityQueue<RawCommit> next =
                new PriorityQueue<>(Comparator.comparingLong(RawCommit::timeS).reversed());
        for (final ObjectId root : roots) {
            add(root, next);
        }
        for (RawCommit at = next.poll(); at != null && visitor.visit(at); at = next.poll()) {
            if (!boundary.contains(at.id())) {
                for (final ObjectId parent : at.parents()) {
                    add(parent, next);
                }
            }
        }
    }

    private void add(final ObjectId id, final PriorityQueue<RawCommit> next) throws IOException {
        if (see(id)) {
            next.add(RawCommit.read(reader, id));
        }
    }

    private boolean see(final AnyObjectId id) throws BadPeerException {
        watch.check();
        if (seen.size() >= most || seen.contains(id)) {
            return false;
        }
        seen.add(id.copy());
        return true;
    }

    private boolean findIn(final ObjectId id, final boolean isTree, final Set<ObjectId> sought) throws IOException {
        if (!see(id)) {
            return seen.size() < most;
        }
        sought.remove(id);
        if (isTree) {
            final CanonicalTreeParser at = new CanonicalTreeParser();
            at.reset(reader.open(id, Constants.OBJ_TREE).getCachedBytes());
            for (CanonicalTreeParser each = at; !each.eof() && !sought.isEmpty(); each = each.next()) {
                final boolean isBelow = each.getEntryRawMode() == FileMode.TYPE_TREE;
                findIn(each.getEntryObjectId(), isBelow, sought);
            }
        }
        return !sought.isEmpty();
    }
}
