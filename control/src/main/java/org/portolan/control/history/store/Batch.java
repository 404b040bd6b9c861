package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.eclipse.jgit.internal.storage.file.PackInserter;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.portolan.control.history.pack.FreshPack;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;

/**
 * Commits that become durable together: their objects go into one pack, and each ref moves once. Nothing of it can be
 * seen before {@link #finish}; closing it earlier leaves the repository as it was. One thread.
 */
public final class Batch implements AutoCloseable {
    /** Written once and packed again later: speed before size. */
    private static final int COMPRESSION = 1;

    private final HistoryRepository repository;
    private final Workbench bench;
    private final PackInserter inserter;
    private final UnfinishedReader unfinished;
    private final ObjectReader reader;
    private final Trees trees;
    private final PersonIdent author;
    private final Map<ObjectId, ObjectId> treeOf = new LinkedHashMap<>();
    private final Map<String, ObjectId> moves = new LinkedHashMap<>();
    private final List<String> deletions = new ArrayList<>();
    private final List<FreshPack> fresh = new ArrayList<>();
    /** Null when nothing comes in from elsewhere. */
    private Incoming incoming;

    /** The packs that it has brought in, by name, and what each takes on the disk. */
    private final Map<String, Long> placed = new LinkedHashMap<>();

    Batch(final HistoryRepository repository, final TreeCache cache) throws IOException {
        this.repository = repository;
        bench = new Workbench(repository.path());
        inserter = bench.newInserter();
        inserter.checkExisting(false);
        inserter.setCompressionLevel(COMPRESSION);
        unfinished = new UnfinishedReader(inserter.newReader());
        reader = new PackedReader(repository.git(), unfinished);
        trees = new Trees(inserter, reader, cache);
        author = new PersonIdent(repository.router(), repository.router() + "@portolan");
    }

    /** The trees of this batch. */
    public Trees trees() {
        return trees;
    }

    /** Reads the repository, what this batch has made so far and what comes in with it. Closed with the batch. */
    public ObjectReader reader() {
        return reader;
    }

    /** The tree of a commit, of this batch or of the repository. */
    public ObjectId treeOf(final ObjectId commit) throws IOException {
        final ObjectId made = treeOf.get(commit);
        return made == null ? repository.treeOf(commit, reader) : made;
    }

    /** @param changes what each binding is now; null for one that is forgotten */
    public ObjectId edit(final ObjectId tree, final Map<BindingKey, Binding> changes) throws IOException {
        final NavigableMap<String, ObjectId> blobs = new TreeMap<>();
        for (final Map.Entry<BindingKey, Binding> each : changes.entrySet()) {
            final Binding binding = each.getValue();
            blobs.put(each.getKey().path(), binding == null ? null : trees.blob(BindingText.encode(binding)));
        }
        return trees.edit(tree, blobs);
    }

    /** A commit that nothing points to yet. */
    public ObjectId commit(final ObjectId tree, final List<ObjectId> parents, final String message, final long atS)
            throws IOException {
        final CommitBuilder commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setParentIds(parents);
        final PersonIdent who = new PersonIdent(author, Instant.ofEpochSecond(atS), ZoneOffset.UTC);
        commit.setAuthor(who);
        commit.setCommitter(who);
        commit.setMessage(message);
        final ObjectId id = inserter.insert(commit);
        treeOf.put(id, tree);
        return id;
    }

    /** The ref points there when the batch is finished. */
    public void move(final String ref, final ObjectId commit) {
        moves.put(ref, commit);
        deletions.remove(ref);
    }

    /** The ref is gone when the batch is finished. */
    public void delete(final String ref) {
        moves.remove(ref);
        deletions.add(ref);
    }

    /** First tree of a repository: the schema's file and nothing else. */
    ObjectId emptyTable() throws IOException {
        final ObjectId schema = inserter.insert(Constants.OBJ_BLOB, Schema.CONTENT);
        final NavigableMap<String, ObjectId> files = new TreeMap<>();
        files.put(Schema.FILE, schema);
        return trees.edit(null, files);
    }

    /**
     * Lets this batch refer to objects that are not in the repository yet: they come in when it is finished. Of a batch
     * that is not finished nothing comes in. Once at most.
     */
    public void adopt(final Incoming objects) {
        incoming = objects;
        unfinished.add(objects);
    }

    /**
     * Takes out of what comes in all that one tree has and another one has not, as objects of this batch: for an {@link
     * Incoming} whose packs do not come.
     *
     * @param before a tree of the repository
     */
    public void copy(final ObjectId before, final ObjectId after) throws IOException {
        try (ObjectReader coming = incoming.newReader();
                TreeWalk walk = new TreeWalk(reader)) {
            copy(coming, after);
            walk.addTree(before);
            final int tree = walk.addTree(after);
            walk.setFilter(TreeFilter.ANY_DIFF);
            while (walk.next()) {
                final ObjectId id = walk.getObjectId(tree);
                if (!ObjectId.zeroId().equals(id)) {
                    copy(coming, id);
                    if (walk.isSubtree()) {
                        walk.enterSubtree();
                    }
                }
            }
        }
    }

    private void copy(final ObjectReader coming, final ObjectId id) throws IOException {
        if (coming.has(id)) {
            final ObjectLoader object = coming.open(id);
            inserter.insert(object.getType(), object.getCachedBytes());
        }
    }

    /**
     * Writes the pack, and when it is on the disk moves the refs: {@code primary} last, so that a reader who sees it
     * sees everything. Once that has moved the batch is written: what fails later is {@link HistoryRepository#trouble}.
     *
     * @throws IOException when it could not be written or a ref was moved by somebody else; primary has not moved then
     */
    public void finish() throws IOException {
        inserter.flush();
        if (moves.containsKey(HistoryRepository.PRIMARY)) {
            repository.requireMovable();
        }
        if (incoming != null) {
            incoming.prepare();
        }
        bringIn(packs());
        repository.makeDurable(moves, deletions, fresh);
        fresh.clear();
        final ObjectId primary = moves.get(HistoryRepository.PRIMARY);
        if (primary != null && treeOf.containsKey(primary)) {
            repository.remember(primary, treeOf.get(primary));
        }
    }

    /** What it would add to the disk, were it finished now: packs and indexes. */
    public long bytes() throws IOException {
        inserter.flush();
        long bytes = 0;
        for (final Path pack : packs()) {
            bytes += FreshPack.bytes(pack);
        }
        return bytes;
    }

    private List<Path> packs() throws IOException {
        final List<Path> packs = new ArrayList<>(incoming == null ? List.of() : incoming.packs());
        packs.addAll(bench.packs());
        return packs;
    }

    private void bringIn(final List<Path> packs) throws IOException {
        for (final Path pack : packs) {
            final long bytes = FreshPack.bytes(pack);
            final FreshPack come = FreshPack.place(repository.git().getObjectDatabase(), pack);
            fresh.add(come);
            placed.put(come.name(), bytes);
        }
    }

    /** The packs that came in with it, by name without extension, and how many bytes each takes with its index. */
    public Map<String, Long> placed() {
        return Map.copyOf(placed);
    }

    ObjectInserter inserter() {
        return inserter;
    }

    @Override
    public void close() {
        reader.close();
        inserter.close();
        bench.close();
        // Of a batch that failed: what is in them may be in use already, so they stay as packs like any other.
        repository.release(fresh);
    }
}
