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
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.CommitScan;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.retain.Marks.Mark;
import org.portolan.control.history.retain.Retention.KeptRefs;

/**
 * Moves the boundary up to a commit on primary's first-parent line. Behind are that commit's ancestors; kept is what
 * the refs reach of all others, and the commit itself.
 *
 * <p>A kept commit whose parents are all behind becomes part of the boundary. One with a parent behind and another that
 * is kept cannot: the boundary hides all parents or none. So its parents behind are kept too, alone, and looked at in
 * the same way. Nothing that is not behind is lost.
 */
final class BoundaryMove {
    private final FileRepository git;
    private final Mark target;
    private final KeptRefs keptRefs;
    private final Set<ObjectId> before;
    private final CommitScan behind;
    private final CommitScan kept;
    /** Kept commits that have a parent behind, and all their parents. */
    private final Map<ObjectId, List<ObjectId>> edges = new HashMap<>();
    /** Behind, and kept nevertheless. */
    private final Set<ObjectId> alone = new HashSet<>();

    private final List<String> refsDropped = new ArrayList<>();

    BoundaryMove(final FileRepository git, final Mark target, final KeptRefs keptRefs) throws IOException {
        this.git = git;
        this.target = target;
        this.keptRefs = keptRefs;
        before = Shallow.read(git);
        behind = new CommitScan(git, before, id -> false, (commit, parents) -> {});
        kept = new CommitScan(git, before, behind::hasMet, this::met);
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
     * Does it all.
     *
     * @return false when a peer's boundary came with its history meanwhile, or somebody else moved ours: then nothing
     *     is done, and all is to be looked at again
     */
    boolean run(final Pause pause) throws IOException {
        behind.run(pause, this::beginBehind);
        kept.run(pause, this::beginKept);
        if (!Shallow.read(git).equals(before)) {
            return false;
        }
        final Set<ObjectId> boundary = boundary();
        // A ref to what is dropped would be a broken one: it goes first.
        for (final String ref : refsDropped) {
            delete(ref);
        }
        if (!boundary.equals(before)) {
            Shallow.write(git, boundary);
        }
        return true;
    }

    private void beginBehind() throws IOException {
        if (!before.contains(target.commit())) {
            behind.commit(target.commit()).parents().forEach(behind::begin);
        }
    }

    private void beginKept() throws IOException {
        refsDropped.clear();
        // Another one is found stale in the end; until then nothing is to be missed.
        kept.bound(Shallow.read(git));
        try (RevWalk walk = new RevWalk(kept.reader())) {
            for (final Ref ref : git.getRefDatabase().getRefsByPrefix("refs/")) {
                if (tip(walk, ref) instanceof final RevCommit commit) {
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
        pullIn();
        final Set<ObjectId> boundary = new HashSet<>();
        for (final ObjectId old : before) {
            if (kept.hasMet(old) || alone.contains(old)) {
                boundary.add(old);
            }
        }
        edges.forEach((commit, parents) -> {
            if (!parents.isEmpty() && parents.stream().noneMatch(this::isKept)) {
                boundary.add(commit);
            }
        });
        return boundary;
    }

    /** Until no kept commit has parents on both sides. */
    private void pullIn() throws IOException {
        try (ObjectReader reader = new PackedReader(git)) {
            boolean more = true;
            while (more) {
                for (final ObjectId commit : alone) {
                    if (!before.contains(commit) && !edges.containsKey(commit)) {
                        edges.put(commit, RawCommit.read(reader, commit).parents());
                    }
                }
                final Set<ObjectId> pulled = new HashSet<>();
                edges.values().forEach(parents -> pullIn(parents, pulled));
                more = alone.addAll(pulled);
            }
        }
    }

    private void pullIn(final List<ObjectId> parents, final Set<ObjectId> pulled) {
        if (parents.stream().anyMatch(this::isKept)) {
            parents.stream().filter(parent -> !isKept(parent)).forEach(pulled::add);
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
}
