package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Marks everything in some packs that any ref reaches, in steps. Each commit adds what its tree has and its first
 * parent's has not; the commits of the boundary add all. So what has to be remembered is one bit for an object of those
 * packs, and the commits; git's own way remembers every object that there is.
 */
final class Reachable implements AutoCloseable {
    private static final int COMMITS_A_STEP = 50;

    private final FileRepository git;
    private final LivePart live;
    private final ObjectReader reader;
    private final TreeChanges changes;
    private final CommitScan scan;
    private final Set<ObjectId> tips = new HashSet<>();

    Reachable(final FileRepository git, final LivePart live) throws IOException {
        this.git = git;
        this.live = live;
        reader = git.newObjectReader();
        changes = new TreeChanges(reader);
        scan = new CommitScan(git, Shallow.read(git), id -> false, this::met);
    }

    private void met(final RawCommit commit, final List<ObjectId> parents) throws IOException {
        live.mark(commit.id());
        final ObjectId before =
                parents.isEmpty() ? null : scan.commit(parents.getFirst()).tree();
        changes.between(before, commit.tree(), live::mark);
    }

    /** @return whether there is more to do; when not, all is marked that the refs reach at this moment */
    boolean step() throws IOException {
        scan.bound(Shallow.read(git));
        begin();
        return scan.step(COMMITS_A_STEP);
    }

    private void begin() throws IOException {
        tips.clear();
        try (RevWalk walk = new RevWalk(git)) {
            for (final Ref ref : git.getRefDatabase().getRefsByPrefix("refs/")) {
                if (ref.getObjectId() != null) {
                    begin(walk, walk.parseAny(ref.getObjectId()));
                }
            }
        }
    }

    private void begin(final RevWalk walk, final RevObject tip) throws IOException {
        live.mark(tip);
        if (tip instanceof final RevTag tag) {
            begin(walk, walk.parseAny(tag.getObject()));
        } else if (tip instanceof RevCommit) {
            tips.add(tip.copy());
            scan.begin(tip.copy());
        } else if (tip.getType() == org.eclipse.jgit.lib.Constants.OBJ_TREE) {
            changes.between(null, tip, live::mark);
        }
    }

    /** Where it began: all that they reach is marked. */
    Set<ObjectId> tips() {
        return Set.copyOf(tips);
    }

    @Override
    public void close() {
        scan.close();
        changes.close();
        reader.close();
    }
}
