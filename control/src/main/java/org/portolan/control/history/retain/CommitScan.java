package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * Meets every commit that is reachable from some, once each, in steps between which the historian writes on. What it
 * remembers is 30 bytes a commit.
 */
final class CommitScan implements AutoCloseable {
    private static final int REMEMBERED = 64;

    private final ObjectReader reader;
    private Set<ObjectId> boundary;
    private final Predicate<ObjectId> isOutside;
    private final Visitor visitor;
    private final Deque<ObjectId> waiting = new ArrayDeque<>();
    private final IdSet met = new IdSet();
    /** A commit is asked for twice in a row: as a parent, and then for itself. */
    private final Map<ObjectId, RawCommit> recent = new LinkedHashMap<>(REMEMBERED * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ObjectId, RawCommit> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Told of each commit once. */
    interface Visitor {
        /** @param parents those that the boundary lets see */
        void visit(RawCommit commit, List<ObjectId> parents) throws IOException;
    }

    /** @param isOutside commits that are not met, and nothing behind them through these */
    CommitScan(
            final Repository git,
            final Set<ObjectId> boundary,
            final Predicate<ObjectId> isOutside,
            final Visitor visitor) {
        this.boundary = boundary;
        this.isOutside = isOutside;
        this.visitor = visitor;
        reader = git.newObjectReader();
    }

    /** The boundary has another commit, with which a peer's history came: what was met stays met. */
    void bound(final Set<ObjectId> now) {
        boundary = now;
    }

    void begin(final ObjectId tip) {
        if (!isOutside.test(tip) && met.add(tip)) {
            waiting.push(tip);
        }
    }

    /** @return whether there is more to do */
    boolean step(final int commits) throws IOException {
        for (int i = 0; i < commits && !waiting.isEmpty(); i++) {
            final RawCommit commit = commit(waiting.pop());
            final List<ObjectId> parents = parents(commit);
            visitor.visit(commit, parents);
            // The first parent is next: it was just looked at.
            for (int p = parents.size() - 1; p >= 0; p--) {
                begin(parents.get(p));
            }
        }
        return !waiting.isEmpty();
    }

    RawCommit commit(final ObjectId id) throws IOException {
        final RawCommit known = recent.get(id);
        if (known != null) {
            return known;
        }
        final RawCommit read = RawCommit.read(reader, id);
        recent.put(read.id(), read);
        return read;
    }

    private List<ObjectId> parents(final RawCommit commit) {
        return boundary.contains(commit.id()) ? List.of() : commit.parents();
    }

    boolean hasMet(final ObjectId commit) {
        return met.contains(commit);
    }

    int count() {
        return met.size();
    }

    @Override
    public void close() {
        reader.close();
    }
}
