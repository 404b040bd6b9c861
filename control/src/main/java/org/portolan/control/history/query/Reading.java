package org.portolan.control.history.query;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Gaps;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.Refs;
import org.portolan.control.log.FileFailure;

/**
 * One query's view of the repository: a source of objects of its own, which survives that packs are replaced. One
 * thread. What goes wrong with the repository comes out as a {@link HistoryException}, so that any other IOException is
 * the client's.
 */
final class Reading implements AutoCloseable {
    /** No message of ours comes near; of a foreign one the beginning is read. */
    private static final int MOST_COMMIT_BYTES = 16 << 20;

    private static final int KEPT_COMMITS = 64;
    private static final int KEPT_COMMIT_BYTES = 4_096;

    /** The widest directory that can be, 65,536 blocks of 256 addresses, is a seventh of it. */
    private static final int MOST_TREE_BYTES = 16 << 20;

    private static final int KEPT_TREE_BYTES = 4 << 20;

    private final Repository git;
    private final PackedReader objects;
    private final BindingCache bindings;
    private final Asker asker;
    private final Gaps gaps;
    private final Map<ObjectId, byte[]> trees = new LinkedHashMap<>(64, 0.75f, true);
    private int keptTreeBytes;
    /** Read for its parents, and soon again for its words. */
    private final Map<ObjectId, byte[]> commits = new LinkedHashMap<>();

    private final Set<ObjectId> boundary;
    private long opened;

    Reading(final Repository git, final BindingCache bindings, final Asker asker, final Gaps gaps)
            throws HistoryException {
        this.git = git;
        this.bindings = bindings;
        this.asker = asker;
        this.gaps = gaps;
        objects = new PackedReader(git);
        boundary = boundary();
    }

    /** Ends the search when nobody waits for it any more. */
    void working() throws IOException {
        asker.working();
    }

    /** How many objects were read so far: what a search cost. */
    long opened() {
        return opened;
    }

    // ---- commits

    /** The last durable commit. */
    Commit head() throws HistoryException {
        final Ref primary;
        try {
            primary = Refs.primary(git);
        } catch (final IOException e) {
            throw damaged(e);
        }
        if (primary == null) {
            throw new HistoryException("the history has no branch primary");
        }
        return commit(primary.getObjectId());
    }

    /** Whether a commit brought in what a peer's history says. */
    boolean isOfPeer(final Commit commit) throws HistoryException {
        return ChangeKind.isOfPeer(raw(commit.id()), commit.isMerge());
    }

    Commit commit(final ObjectId id) throws HistoryException {
        return Commit.parse(id, raw(id), boundary.contains(id));
    }

    /** The first parent; empty at the beginning of what is kept. */
    Optional<Commit> parent(final Commit of) throws HistoryException {
        return of.parents().isEmpty() ? Optional.empty() : older(of.parents().getFirst());
    }

    /**
     * A commit that another one named as its parent; empty when it was given up since this question began, because the
     * boundary of what is kept moved over it. Where the boundary stands as it stood, what is not there is damage.
     */
    Optional<Commit> older(final ObjectId id) throws HistoryException {
        try {
            return Optional.of(Commit.parse(id, readCommit(id), boundary.contains(id)));
        } catch (final MissingObjectException e) {
            if (boundary().equals(boundary)) {
                throw damaged(e);
            }
            return Optional.empty();
        }
    }

    /** A commit as it is written, message and all. */
    byte[] raw(final ObjectId commit) throws HistoryException {
        try {
            return readCommit(commit);
        } catch (final MissingObjectException e) {
            throw damaged(e);
        }
    }

    private byte[] readCommit(final ObjectId id) throws HistoryException, MissingObjectException {
        final byte[] known = commits.get(id);
        if (known != null) {
            return known;
        }
        final byte[] raw = read(id, Constants.OBJ_COMMIT, MOST_COMMIT_BYTES);
        if (raw.length <= KEPT_COMMIT_BYTES) {
            commits.put(id.copy(), raw);
            if (commits.size() > KEPT_COMMITS) {
                final Iterator<ObjectId> oldest = commits.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        return raw;
    }

    private Set<ObjectId> boundary() throws HistoryException {
        try {
            return git.getObjectDatabase().getShallowCommits();
        } catch (final IOException e) {
            throw damaged(e);
        }
    }

    // ---- trees

    /** Stands on the first line of the tree. */
    CanonicalTreeParser tree(final ObjectId id) throws HistoryException {
        byte[] raw = trees.get(id);
        if (raw == null) {
            try {
                raw = read(id, Constants.OBJ_TREE, MOST_TREE_BYTES);
            } catch (final MissingObjectException e) {
                throw damaged(e);
            }
            keep(id, raw);
        }
        final CanonicalTreeParser lines = new CanonicalTreeParser();
        lines.reset(raw);
        return lines;
    }

    private void keep(final ObjectId id, final byte[] raw) {
        trees.put(id.copy(), raw);
        keptTreeBytes += raw.length;
        final Iterator<byte[]> oldest = trees.values().iterator();
        while (keptTreeBytes > KEPT_TREE_BYTES) {
            keptTreeBytes -= oldest.next().length;
            oldest.remove();
        }
    }

    /** The entry of that name, if the tree has it. */
    Optional<ObjectId> child(final ObjectId tree, final String name) throws HistoryException {
        try {
            for (CanonicalTreeParser at = tree(tree); !at.eof(); at = at.next()) {
                if (at.getEntryPathString().equals(name)) {
                    return Optional.of(at.getEntryObjectId());
                }
            }
        } catch (final IndexOutOfBoundsException e) {
            throw damaged(e);
        }
        return Optional.empty();
    }

    // ---- bindings

    /** Those that are known, by the id of their text. */
    Binding known(final ObjectId blob) {
        return bindings.get(blob);
    }

    /** @param key only for the sentence that says what is wrong */
    Binding binding(final ObjectId blob, final BindingKey key) throws HistoryException {
        final Binding known = bindings.get(blob);
        return known == null ? binding(blob, key, objects.place(blob)) : known;
    }

    /** @param place what {@link #place} said of it */
    Binding binding(final ObjectId blob, final BindingKey key, final long place) throws HistoryException {
        try {
            final byte[] text = read(blob, place, Constants.OBJ_BLOB, BindingCache.LONGEST_BYTES);
            final Binding read = BindingCache.decode(text, key);
            bindings.put(blob, read);
            return read;
        } catch (final MissingObjectException e) {
            throw damaged(e);
        }
    }

    // ---- objects

    /** Where an object is, so that many can be read in the order of the disk. */
    long place(final ObjectId id) {
        return objects.place(id);
    }

    private byte[] read(final ObjectId id, final int type, final int mostBytes)
            throws HistoryException, MissingObjectException {
        return read(id, objects.place(id), type, mostBytes);
    }

    private byte[] read(final ObjectId id, final long place, final int type, final int mostBytes)
            throws HistoryException, MissingObjectException {
        opened++;
        try {
            return objects.read(id, place, type, mostBytes);
        } catch (final MissingObjectException e) {
            throw e;
        } catch (final IOException e) {
            throw damaged(e);
        }
    }

    HistoryException damaged(final Exception cause) {
        if (cause instanceof final MissingObjectException missing) {
            gaps.met(missing.getObjectId());
        }
        if (FileFailure.isLackOfDescriptors(cause)
                || FileFailure.isLackOfDescriptorsNow(
                        git.getDirectory().toPath().resolve(Constants.HEAD))) {
            return new HistoryException(
                    "the history in %s cannot be read: %s".formatted(git.getDirectory(), FileFailure.NO_DESCRIPTOR),
                    cause);
        }
        return new HistoryException(
                "the history in %s cannot be read: %s; look with: git -C %s fsck"
                        .formatted(git.getDirectory(), cause.getMessage(), git.getDirectory()),
                cause);
    }

    @Override
    public void close() {
        objects.close();
    }

    /**
     * Bindings that were read last, by the id of their text, so that a table asked for again is not read again. Shared
     * by all queries.
     */
    static final class BindingCache {
        /** One more than is valid: enough to see that it is too long. */
        static final int LONGEST_BYTES = BindingText.LONGEST_BYTES + 1;

        /** Some 400 bytes each: 13 MB at most. */
        private static final int SLOT_BITS = 15;

        /** Any thread writes any slot; an entry is whole wherever it is seen, because its fields are final. */
        private final Entry[] slots = new Entry[1 << SLOT_BITS];

        private record Entry(ObjectId blob, Binding binding) {}

        Binding get(final ObjectId blob) {
            final Entry found = slots[slot(blob)];
            return found != null && found.blob.equals(blob) ? found.binding : null;
        }

        /** In place of what had the same slot: a list of who was asked for last took a tenth of the time of a table. */
        void put(final ObjectId blob, final Binding binding) {
            slots[slot(blob)] = new Entry(blob.copy(), binding);
        }

        private static int slot(final ObjectId blob) {
            return blob.hashCode() >>> Integer.SIZE - SLOT_BITS;
        }

        static Binding decode(final byte[] text, final BindingKey key) throws HistoryException {
            try {
                return BindingText.decode(text);
            } catch (final BadRecordException e) {
                throw new HistoryException("the history's file %s %s".formatted(key.path(), e.getMessage()), e);
            }
        }
    }
}
