package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.CommitScan;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.pack.RawCommit;

/**
 * Chooses everything in some packs that any ref reaches. Each commit adds what its tree has and its first parent's has
 * not; the commits of the boundary add all. So what has to be remembered is one bit for an object of those packs, and
 * the commits; git's own way remembers every object that there is.
 */
final class Reachable {
    private final FileRepository git;
    private final PackedSet live;
    private final CommitScan scan;

    Reachable(final FileRepository git, final PackedSet live) throws IOException {
        this.git = git;
        this.live = live;
        scan = new CommitScan(git, Shallow.read(git), id -> false, this::met);
    }

    /** All is chosen that the refs reach when it returns. What it met before it does not meet again. */
    void mark(final Pause pause) throws IOException {
        scan.run(pause, this::begin);
    }

    private void begin() throws IOException {
        // A peer's boundary may have come with its history.
        scan.bound(Shallow.read(git));
        try (RevWalk walk = new RevWalk(scan.reader())) {
            for (final Ref ref : git.getRefDatabase().getRefsByPrefix("refs/")) {
                if (ref.getObjectId() != null) {
                    begin(walk, walk.parseAny(ref.getObjectId()));
                }
            }
        }
    }

    private void begin(final RevWalk walk, final RevObject tip) throws IOException {
        live.add(tip);
        if (tip instanceof final RevTag tag) {
            begin(walk, walk.parseAny(tag.getObject()));
        } else if (tip instanceof RevCommit) {
            scan.begin(tip.copy());
        } else if (tip.getType() == Constants.OBJ_TREE) {
            addNew(null, tip);
        }
    }

    private void met(final RawCommit commit, final List<ObjectId> parents) throws IOException {
        live.add(commit.id());
        addNew(parents.isEmpty() ? null : scan.commit(parents.getFirst()).tree(), commit.tree());
    }

    /** What is in a tree and not, at the same path, in the one before it, if there is one: directories and files. */
    private void addNew(final AnyObjectId before, final AnyObjectId after) throws IOException {
        if (after.equals(before)) {
            return;
        }
        live.add(after);
        try (TreeWalk walk = new TreeWalk(scan.reader())) {
            if (before == null) {
                walk.addTree(new EmptyTreeIterator());
            } else {
                walk.addTree(before);
            }
            final int tree = walk.addTree(after);
            walk.setFilter(TreeFilter.ANY_DIFF);
            while (walk.next()) {
                final ObjectId id = walk.getObjectId(tree);
                if (!ObjectId.zeroId().equals(id)) {
                    live.add(id);
                    if (walk.isSubtree()) {
                        walk.enterSubtree();
                    }
                }
            }
        }
    }
}
