package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * The last look before a pack of unreachable objects is deleted. In the ten minutes that it waited, a peer's history or
 * a person's new branch may have reached into it again: what they reach is rescued into a pack of its own.
 */
final class LateComers {
    /** With more than this, the pack stays for another pass. */
    static final int MOST_COMMITS = 20_000;

    private final PackShelf shelf;
    private final Set<ObjectId> tipsThen;

    /** @param tipsThen what the pack was judged by: {@link Reachable#tips} */
    LateComers(final PackShelf shelf, final Set<ObjectId> tipsThen) {
        this.shelf = shelf;
        this.tipsThen = tipsThen;
    }

    /** @return false when it cannot be told in a moment */
    boolean mayGo(final Pack pack) throws IOException {
        final FileRepository git = shelf.git();
        final LivePart late = new LivePart(List.of(pack));
        try (ObjectReader reader = git.newObjectReader();
                RevWalk walk = new RevWalk(reader);
                TreeChanges changes = new TreeChanges(reader)) {
            walk.setRetainBody(false);
            begin(git, walk);
            int count = 0;
            for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
                if (++count > MOST_COMMITS) {
                    return false;
                }
                late.mark(commit);
                final ObjectId before = commit.getParentCount() == 0
                        ? null
                        : walk.parseCommit(commit.getParent(0)).getTree();
                changes.between(before, commit.getTree(), late::mark);
            }
        }
        dropHeldElsewhere(late, pack);
        if (late.count() > 0) {
            new PackMerge(git, Packing.merging(), Pause.NONE).merge(List.of(pack), late);
        }
        return true;
    }

    private void begin(final FileRepository git, final RevWalk walk) throws IOException {
        for (final ObjectId then : tipsThen) {
            try {
                walk.markUninteresting(walk.parseCommit(then));
            } catch (final MissingObjectException e) {
                // It was dropped since: it holds nothing back.
                continue;
            }
        }
        for (final Ref ref : git.getRefDatabase().getRefsByPrefix("refs/")) {
            if (ref.getObjectId() != null) {
                final RevObject tip = walk.peel(walk.parseAny(ref.getObjectId()));
                if (tip instanceof final RevCommit commit) {
                    walk.markStart(commit);
                }
            }
        }
    }

    private void dropHeldElsewhere(final LivePart late, final Pack pack) throws IOException {
        final List<PackIndex> others = new ArrayList<>();
        for (final Pack other : shelf.open(shelf.live())) {
            if (!other.getPackName().equals(pack.getPackName())) {
                others.add(other.getIndex());
            }
        }
        for (final PackIndex.MutableEntry entry : pack.getIndex()) {
            final ObjectId id = entry.toObjectId();
            if (late.contains(id) && others.stream().anyMatch(index -> index.contains(id))) {
                late.unmark(id);
            }
        }
    }
}
