package org.portolan.control.history.pack;

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
 * Meets every commit that is reachable from some, once each, while the historian writes on. What it remembers is 30
 * bytes a commit.
 */
public final class CommitScan {
    private static final int REMEMBERED = 64;
    private static final int COMMITS_A_PAUSE = 16;

    private final Repository git;
    private Set<ObjectId> boundary;
    private final Predicate<ObjectId> isOutside;
    private final Visitor visitor;
    private final Deque<ObjectId> waiting = new ArrayDeque<>();
    private final IdSet met = new IdSet();
    private ObjectReader reader;
    /** A commit is asked for twice in a row: as a parent, and then for itself. */
    private final Map<ObjectId, RawCommit> recent = new LinkedHashMap<>(REMEMBERED * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ObjectId, RawCommit> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Told of each commit once. */
    public interface Visitor {
        /** @param parents those that the boundary lets see */
        void visit(RawCommit commit, List<ObjectId> parents) throws IOException;
    }

    /** Says where to begin: {@link #begin} with each commit. */
    public interface Beginning {
        void begin() throws IOException;
    }

    /** @param isOutside commits that are not met, and nothing behind them through these */
    public CommitScan(
            final Repository git,
            final Set<ObjectId> boundary,
            final Predicate<ObjectId> isOutside,
            final Visitor visitor) {
        this.git = git;
        this.boundary = boundary;
        this.isOutside = isOutside;
        this.visitor = visitor;
    }

    /** The boundary has another commit, with which a peer's history came: what was met stays met. */
    public void bound(final Set<ObjectId> now) {
        boundary = now;
    }

    public void begin(final ObjectId tip) {
        if (!isOutside.test(tip) && met.add(tip)) {
            waiting.push(tip);
        }
    }

    /**
     * Meets all there is. Where to begin is asked again when nothing is left, so that it ends with all that is
     * reachable at that moment: between then and the next pause nothing changes.
     */
    public void run(final Pause pause, final Beginning beginning) throws IOException {
        try (ObjectReader fresh = new PackedReader(git)) {
            reader = fresh;
            beginning.begin();
            for (int count = 1; !waiting.isEmpty(); count++) {
                meet(commit(waiting.pop()));
                if (count % COMMITS_A_PAUSE == 0) {
                    pause.pause();
                }
                if (waiting.isEmpty()) {
                    beginning.begin();
                }
            }
        }
    }

    private void meet(final RawCommit commit) throws IOException {
        final List<ObjectId> parents = parents(commit);
        visitor.visit(commit, parents);
        // The first parent is next: it was just looked at.
        for (int p = parents.size() - 1; p >= 0; p--) {
            begin(parents.get(p));
        }
    }

    /** While it runs. */
    public ObjectReader reader() {
        return reader;
    }

    public RawCommit commit(final ObjectId id) throws IOException {
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

    public boolean hasMet(final ObjectId commit) {
        return met.contains(commit);
    }

    public int count() {
        return met.size();
    }
}
