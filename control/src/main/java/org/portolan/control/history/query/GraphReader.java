package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.query.HistoryQuery.Graph;
import org.portolan.control.history.query.HistoryQuery.GraphCommit;
import org.portolan.control.history.query.MessageLog.DateWalk;
import org.portolan.control.history.store.HistoryRepository;

/**
 * Reads the newest commits of all branches, in the order of {@code git log --date-order}: newest first, and none before
 * its children. Of an endless history it reads no more than twice what is shown and a reserve, which is how far
 * a router's clock may be off without a parent coming before its child.
 */
final class GraphReader {
    private static final int RESERVE = 256;

    private final Reading reading;
    private final Repository git;

    GraphReader(final Reading reading, final Repository git) {
        this.reading = reading;
        this.git = git;
    }

    /** @param withPeers whether the peers' branches are drawn too */
    Graph read(final int limit, final boolean withPeers) throws IOException {
        final ObjectId primary = reading.head().id();
        final Map<ObjectId, List<String>> names = names(primary, withPeers);
        final List<Commit> window = new ArrayList<>();
        final DateWalk walk = new DateWalk(reading, names.keySet(), Commit::parents);
        for (Optional<Commit> next = walk.next();
                next.isPresent() && window.size() < 2 * limit + RESERVE;
                next = walk.next()) {
            window.add(next.get());
        }
        final List<Commit> ordered = childrenFirst(window);
        final List<GraphCommit> commits = new ArrayList<>();
        for (final Commit commit : ordered.subList(0, Math.min(limit, ordered.size()))) {
            commits.add(new GraphCommit(
                    commit.id(),
                    commit.parents(),
                    commit.timeS(),
                    commit.router(),
                    CommitMessage.parse(reading.raw(commit.id())).subject(),
                    names.getOrDefault(commit.id(), List.of()),
                    commit.boundary()));
        }
        return new Graph(primary, commits, ordered.size() > limit);
    }

    private Map<ObjectId, List<String>> names(final ObjectId primary, final boolean withPeers) throws IOException {
        final Map<ObjectId, List<String>> names = new LinkedHashMap<>();
        final String own = HistoryRepository.PRIMARY.substring(Constants.R_HEADS.length());
        names.computeIfAbsent(primary, id -> new ArrayList<>()).add(own);
        for (final Ref ref : refs(Constants.R_HEADS)) {
            final String name = ref.getName().substring(Constants.R_HEADS.length());
            if (!name.equals(own)) {
                names.computeIfAbsent(ref.getObjectId(), id -> new ArrayList<>())
                        .add(name);
            }
        }
        if (withPeers) {
            for (final Ref ref : refs(Constants.R_REMOTES)) {
                final String name = ref.getName().substring(Constants.R_REMOTES.length());
                names.computeIfAbsent(ref.getObjectId(), id -> new ArrayList<>())
                        .add(name);
            }
        }
        return names;
    }

    private Collection<Ref> refs(final String prefix) throws IOException {
        try {
            return git.getRefDatabase().getRefsByPrefix(prefix).stream()
                    .filter(ref -> ref.getObjectId() != null && !ref.isSymbolic())
                    .toList();
        } catch (final IOException e) {
            throw reading.damaged(e);
        }
    }

    /** @param window newest first, all of them reached from what comes before or from a branch */
    static List<Commit> childrenFirst(final List<Commit> window) {
        final Map<ObjectId, Commit> all = new HashMap<>();
        window.forEach(commit -> all.put(commit.id(), commit));
        final Map<ObjectId, Integer> children = new HashMap<>();
        for (final Commit commit : window) {
            commit.parents().forEach(parent -> children.merge(parent, 1, Integer::sum));
        }
        final PriorityQueue<Commit> ready =
                new PriorityQueue<>(Comparator.comparingLong(Commit::timeS).reversed());
        window.stream().filter(commit -> !children.containsKey(commit.id())).forEach(ready::add);
        final List<Commit> ordered = new ArrayList<>(window.size());
        while (!ready.isEmpty()) {
            final Commit commit = ready.poll();
            ordered.add(commit);
            for (final ObjectId parent : commit.parents()) {
                if (children.merge(parent, -1, Integer::sum) == 0 && all.containsKey(parent)) {
                    ready.add(all.get(parent));
                }
            }
        }
        return ordered;
    }
}
