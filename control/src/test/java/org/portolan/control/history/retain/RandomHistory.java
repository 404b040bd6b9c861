package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.TreeFormatter;
import org.portolan.control.history.store.HistoryRepository;

/**
 * Commits with up to three parents anywhere in the past, trees that come back after a while, refs to any of them,
 * spread over packs: what no router writes, but what merges of many peers come near to.
 */
final class RandomHistory implements AutoCloseable {
    static final String PRIMARY = HistoryRepository.PRIMARY;

    private static final int STEP_S = 100;

    final SplittableRandom random;
    final FileRepository git;
    final List<ObjectId> line = new ArrayList<>();
    final Map<ObjectId, List<ObjectId>> parents = new LinkedHashMap<>();
    final Map<ObjectId, Long> times = new LinkedHashMap<>();
    private final Chronicle chronicle;
    private long nowS = Chronicle.BEGIN_S;

    RandomHistory(final Path path, final long seed) throws IOException {
        random = new SplittableRandom(seed);
        // Opened and closed by the router's own means first: so it is what it takes for a history.
        chronicle = new Chronicle(path, "edge-1", 10);
        git = chronicle.git();
        line.add(chronicle.head());
        parents.put(chronicle.head(), List.of());
        times.put(chronicle.head(), nowS);
    }

    /** Grows the first-parent line by so many commits, with side branches that are merged or not. */
    void grow(final int commits) throws IOException {
        PackInserter inserter = begin();
        for (int i = 0; i < commits; i++) {
            final Set<ObjectId> parents = new LinkedHashSet<>(List.of(line.getLast()));
            while (random.nextInt(4) == 0 && parents.size() < 3) {
                parents.add(random.nextBoolean() ? any(this.parents.keySet()) : side(inserter));
            }
            line.add(commit(inserter, parents));
            if (random.nextInt(8) == 0) {
                inserter.flush();
                inserter.close();
                inserter = begin();
            }
        }
        inserter.flush();
        inserter.close();
        point(PRIMARY, line.getLast());
    }

    private PackInserter begin() {
        final PackInserter inserter = git.getObjectDatabase().newPackInserter();
        inserter.checkExisting(false);
        return inserter;
    }

    /** A few commits that leave the past somewhere and may join it again. */
    private ObjectId side(final PackInserter inserter) throws IOException {
        ObjectId tip = any(parents.keySet());
        for (int i = random.nextInt(4); i >= 0; i--) {
            final Set<ObjectId> of = new LinkedHashSet<>(List.of(tip));
            if (random.nextInt(3) == 0) {
                of.add(any(parents.keySet()));
            }
            tip = commit(inserter, of);
        }
        return tip;
    }

    ObjectId any(final Collection<ObjectId> commits) {
        // The younger ones more often than the old.
        final List<ObjectId> all = new ArrayList<>(commits);
        final int back = Math.min(random.nextInt(all.size()), random.nextInt(all.size()));
        return all.get(all.size() - 1 - back);
    }

    private ObjectId commit(final PackInserter inserter, final Collection<ObjectId> of) throws IOException {
        nowS += STEP_S;
        final TreeFormatter directory = new TreeFormatter();
        for (int i = 0; i < 4; i++) {
            // Few values: every blob and many a tree comes back.
            final byte[] content = ("value " + random.nextInt(6) + "\n").getBytes(StandardCharsets.US_ASCII);
            directory.append("f" + i, FileMode.REGULAR_FILE, inserter.insert(Constants.OBJ_BLOB, content));
        }
        final TreeFormatter root = new TreeFormatter();
        root.append("arp", FileMode.TREE, inserter.insert(directory));
        final CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(inserter.insert(root));
        commit.setParentIds(new ArrayList<>(of));
        final PersonIdent who =
                new PersonIdent("edge-1", "edge-1@portolan", Instant.ofEpochSecond(nowS), ZoneOffset.UTC);
        commit.setAuthor(who);
        commit.setCommitter(who);
        commit.setMessage("commit " + parents.size() + "\n");
        final ObjectId id = inserter.insert(commit);
        parents.put(id, List.copyOf(of));
        times.put(id, nowS);
        return id;
    }

    void point(final String ref, final ObjectId commit) throws IOException {
        final RefUpdate update = git.updateRef(ref);
        update.setNewObjectId(commit);
        update.forceUpdate();
    }

    @Override
    public void close() throws IOException {
        chronicle.close();
    }
}
