package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Moves the boundary up to a commit on primary's first-parent line. Behind are that commit's ancestors; kept is what
 * the refs reach of all others, and the commit itself.
 *
 * <p>A kept commit whose parents are all behind becomes part of the boundary. One with a parent behind and another that
 * is kept cannot: the boundary hides all parents or none. So its parents behind are kept too, alone, and looked at in
 * the same way. Nothing that is not behind is lost.
 */
final class BoundaryMove implements AutoCloseable {
    private static final int COMMITS_A_STEP = 1_000;

    private final FileRepository git;
    private final Mark target;
    private final KeptRefs keptRefs;
    private final Set<ObjectId> before;
    private final CommitScan behind;
    private final CommitScan kept;
    private final Map<ObjectId, List<ObjectId>> edges = new HashMap<>();
    private final Set<ObjectId> alone = new HashSet<>();
    private final List<String> refsDropped = new ArrayList<>();
    private boolean isBehindKnown;

    BoundaryMove(final FileRepository git, final Mark target, final KeptRefs keptRefs) throws IOException {
        this.git = git;
        this.target = target;
        this.keptRefs = keptRefs;
        before = Shallow.read(git);
        behind = new CommitScan(git, before, id -> false, (commit, parents) -> {});
        kept = new CommitScan(git, before, behind::hasMet, this::met);
        if (!before.contains(target.commit())) {
            for (final ObjectId parent : behind.commit(target.commit()).parents()) {
                behind.begin(parent);
            }
        }
    }

    private void met(final RawCommit commit, final List<ObjectId> parents) {
        for (final ObjectId parent : parents) {
            if (behind.hasMet(parent)) {
                edges.put(commit.id(), parents);
                return;
            }
        }
    }

    /**
     * Whether somebody else moved the boundary, or a peer's came with its history: then all is to be looked at again.
     */
    boolean isStale() throws IOException {
        return !Shallow.read(git).equals(before);
    }

    /** @return whether there is more to do; when not, the boundary has moved */
    boolean step() throws IOException {
        if (!isBehindKnown) {
            isBehindKnown = !behind.step(COMMITS_A_STEP);
            return true;
        }
        // Refs may have moved since the last step: what they brought is met before anything is decided.
        refsDropped.clear();
        begin();
        if (kept.step(COMMITS_A_STEP)) {
            return true;
        }
        move();
        return false;
    }

    private void begin() throws IOException {
        try (RevWalk walk = new RevWalk(git)) {
            for (final Ref ref : git.getRefDatabase().getRefsByPrefix("refs/")) {
                final RevObject tip = tip(walk, ref);
                if (tip instanceof final RevCommit commit) {
                    begin(ref.getName(), commit);
                }
            }
        }
    }

    private static RevObject tip(final RevWalk walk, final Ref ref) throws IOException {
        try {
            return ref.getObjectId() == null ? null : walk.peel(walk.parseAny(ref.getObjectId()));
        } catch (final MissingObjectException e) {
            throw new IOException(
                    "%s points to a commit that is not there: delete it, or put a copy back".formatted(ref.getName()),
                    e);
        }
    }

    private void begin(final String ref, final RevCommit tip) {
        final boolean isBehind = behind.hasMet(tip);
        final boolean isOld = isBehind || tip.getCommitTime() < target.epochSeconds();
        if (isOld && !keptRefs.keeps(ref)) {
            refsDropped.add(ref);
        } else if (isBehind) {
            alone.add(tip.copy());
        } else {
            kept.begin(tip.copy());
        }
    }

    private void move() throws IOException {
        final Set<ObjectId> boundary = boundary();
        // A ref to what is dropped would be a broken one: it goes first.
        for (final String ref : refsDropped) {
            delete(ref);
        }
        if (!boundary.equals(before)) {
            Shallow.write(git, boundary);
            StaleCaches.drop(git);
        }
    }

    private void delete(final String ref) throws IOException {
        final RefUpdate update = git.updateRef(ref);
        update.disableRefLog();
        update.setForceUpdate(true);
        final RefUpdate.Result result = update.delete();
        if (result != RefUpdate.Result.FORCED && result != RefUpdate.Result.NEW) {
            throw new IOException("%s cannot be deleted (%s): another git works there, or a stale %s.lock is left"
                    .formatted(ref, result, ref));
        }
    }

    private Set<ObjectId> boundary() throws IOException {
        while (pullIn()) {
            // Until no kept commit has parents on both sides.
        }
        final Set<ObjectId> boundary = new HashSet<>();
        for (final ObjectId old : before) {
            if (kept.hasMet(old) || alone.contains(old)) {
                boundary.add(old);
            }
        }
        edges.forEach((commit, parents) -> {
            if (!parents.stream().anyMatch(this::isKept)) {
                boundary.add(commit);
            }
        });
        for (final ObjectId commit : alone) {
            final List<ObjectId> parents = behind.commit(commit).parents();
            if (!parents.isEmpty() && !parents.stream().anyMatch(this::isKept)) {
                boundary.add(commit);
            }
        }
        return boundary;
    }

    private boolean pullIn() throws IOException {
        final Set<ObjectId> pulled = new HashSet<>();
        edges.values().forEach(parents -> pullIn(parents, pulled));
        for (final ObjectId commit : alone) {
            if (!before.contains(commit)) {
                pullIn(behind.commit(commit).parents(), pulled);
            }
        }
        return alone.addAll(pulled);
    }

    private void pullIn(final List<ObjectId> parents, final Set<ObjectId> pulled) {
        if (parents.stream().anyMatch(this::isKept)) {
            for (final ObjectId parent : parents) {
                if (!isKept(parent)) {
                    pulled.add(parent);
                }
            }
        }
    }

    private boolean isKept(final ObjectId commit) {
        return !behind.hasMet(commit) || alone.contains(commit);
    }

    /** Once it has moved. */
    ObjectIdSet keptCommits() {
        return id -> kept.hasMet(id.toObjectId()) || alone.contains(id.toObjectId());
    }

    long droppedCount() {
        return behind.count() - alone.size();
    }

    List<String> refsDropped() {
        return List.copyOf(refsDropped);
    }

    @Override
    public void close() {
        behind.close();
        kept.close();
    }
}
