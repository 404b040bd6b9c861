package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.revwalk.RevCommit;
import org.portolan.control.history.pack.FreshPack;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.log.FileFailure;

/**
 * The bare git repository that the history is in. Its one writer is the historian's thread; {@link #git} may be read by
 * any thread.
 */
public final class HistoryRepository implements AutoCloseable {
    public static final String PRIMARY = "refs/heads/primary";

    /** Named {@code expire_<seconds>.<micros>}. */
    public static final String EXPIRE_PREFIX = "refs/heads/expire_";

    /** Peers' heads, as they were fetched last: {@code refs/remotes/<peer>/primary}. */
    public static final String REMOTES_PREFIX = "refs/remotes/";

    private static final int LOCK_TRIES = 20;
    private static final long LOCK_WAIT_NS = 10_000_000;
    private static final long MICROS = 1_000_000;

    private final Path path;
    private final OwnFile own;
    private final FileRepository git;
    private final RepositoryLock lock;
    private final TreeCache cache = new TreeCache();
    private final Aftermath aftermath = new Aftermath(this);
    /** Written by the historian. */
    private volatile ObjectId primary;

    /** Written by the historian: where the next batch begins. */
    private volatile Tip tip;

    private boolean accepted;

    private HistoryRepository(final Path path, final OwnFile own, final FileRepository git, final RepositoryLock lock) {
        this.path = path;
        this.own = own;
        this.git = git;
        this.lock = lock;
    }

    /**
     * Opens the history, or begins one where there is nothing. One that was there is not touched before {@link
     * #accept}.
     *
     * @param router who commits
     * @param nowS the wall clock
     * @throws HistoryException for anything but a sound history of this schema version that nobody else writes
     */
    public static HistoryRepository open(final Path path, final String router, final long nowS) throws IOException {
        IsolatedSystem.install();
        RepositoryFiles.prepare(path);
        final RepositoryLock lock = RepositoryFiles.lock(path);
        FileRepository git = null;
        try {
            final boolean anew = RepositoryFiles.isUnfinished(path);
            git = anew ? RepositoryFiles.create(path) : RepositoryFiles.open(path);
            final OwnFile own = OwnFile.open(path, router, nowS * MICROS);
            final HistoryRepository history = new HistoryRepository(path, own, git, lock);
            if (anew) {
                own.write(own.born(), Map.of());
                history.begin(nowS);
                RepositoryFiles.finished(path);
            } else {
                history.requireSound();
            }
            return history;
        } catch (final IOException | RuntimeException e) {
            if (git != null) {
                git.close();
            }
            if (lock != null) {
                lock.abandon();
            }
            throw e;
        }
    }

    /**
     * All that is read at the start was sound: what a killed writer left is taken away. Not before: what is refused
     * may be somebody else's, and its locks too, or a damaged one's last hope.
     */
    public void accept() throws IOException {
        if (lock != null) {
            Leftovers.sweep(path);
        }
        accepted = true;
    }

    private void begin(final long nowS) throws IOException {
        try (Batch batch = batch()) {
            final ObjectId root =
                    batch.commit(batch.emptyTable(), List.of(), "Arp.create: Initial empty cache\n", nowS);
            batch.move(PRIMARY, root);
            batch.finish();
        }
    }

    private void requireSound() throws IOException {
        // As it is written: JGit knows no HEAD when the branch that it names is broken.
        final String head = Files.readString(path.resolve(Constants.HEAD), StandardCharsets.ISO_8859_1);
        if (!head.strip().equals("ref: " + PRIMARY)) {
            throw new HistoryException(
                    "%s is a git repository, but no Portolan history (its HEAD is not primary): name another directory"
                            .formatted(path));
        }
        primary = branch();
        try (ObjectReader reader = new PackedReader(git)) {
            Schema.require(reader, treeOf(primary), path.toString());
        } catch (final HistoryException e) {
            throw e;
        } catch (final IOException e) {
            throw damaged(e);
        }
    }

    private ObjectId branch() throws HistoryException {
        IOException broken = null;
        try {
            final Ref ref = Refs.primary(git);
            if (ref != null) {
                return ref.getObjectId();
            }
        } catch (final IOException e) {
            broken = e;
        }
        throw new HistoryException(
                ("%s has no branch primary: put it back (in it: rm -f refs/heads/primary; git branch primary COMMIT,"
                                + " the newest that git log --all and git fsck name), or name another directory")
                        .formatted(path),
                broken);
    }

    /**
     * What to say when an object cannot be read. JGit takes a file for missing that it could not open, so it is looked
     * at whether any can be opened.
     */
    public HistoryException damaged(final IOException cause) {
        if (FileFailure.isLackOfDescriptors(cause)
                || FileFailure.isLackOfDescriptorsNow(path.resolve(Constants.HEAD))) {
            return new HistoryException("%s cannot be read: %s".formatted(path, FileFailure.NO_DESCRIPTOR), cause);
        }
        if (cause instanceof final FileSystemException file && !(cause instanceof NoSuchFileException)) {
            return new HistoryException("%s cannot be read: %s".formatted(path, FileFailure.of(file)), cause);
        }
        final String why = cause instanceof final MissingObjectException missing
                ? "the object %s is missing".formatted(missing.getObjectId().name())
                : cause.getMessage();
        return new HistoryException(
                ("%s is damaged: %s. Look with: git -C %s fsck. Put back a copy (git clone --bare of a peer's), or move it"
                                + " away to begin with an empty one")
                        .formatted(path, why, path),
                cause);
    }

    public Path path() {
        return path;
    }

    /** The name of the router that commits here. */
    public String router() {
        return own.identity().name();
    }

    /** What belongs to this router alone, as it was at the start. Any thread. */
    public OwnFile own() {
        return own;
    }

    /** For readers: any thread. */
    public FileRepository git() {
        return git;
    }

    /** The head of primary: the last durable commit. Any thread. */
    public ObjectId primary() {
        return primary;
    }

    /** Whether a commit is the empty one that a repository begins with, and not the boundary of a longer history. */
    public static boolean isBlank(final ObjectReader reader, final ObjectId commit) throws IOException {
        // Not RevWalk.parseCommit: this one sees the parents whatever the boundary is.
        final RevCommit whole =
                RevCommit.parse(reader.open(commit, Constants.OBJ_COMMIT).getCachedBytes());
        return whole.getParentCount() == 0
                && TableReader.visit(reader, whole.getTree(), "", key -> true, (key, binding) -> false);
    }

    /** Whether nothing was ever written here but the empty commit that it begins with. */
    public boolean isBlank() throws IOException {
        try (ObjectReader reader = new PackedReader(git)) {
            return isBlank(reader, primary);
        }
    }

    public ObjectId treeOf(final ObjectId commit) throws IOException {
        try (ObjectReader reader = new PackedReader(git)) {
            return treeOf(commit, reader);
        }
    }

    /** @param reader reads what the repository has, and perhaps more */
    ObjectId treeOf(final ObjectId commit, final ObjectReader reader) throws IOException {
        final Tip last = tip;
        return last != null && last.commit.equals(commit)
                ? last.tree
                : RawCommit.read(reader, commit).tree();
    }

    /**
     * Some bindings of a commit's tree, in the order of the tree. None of them is held here.
     *
     * @return whether it came to the end
     * @throws HistoryException when any of it is missing or no binding
     */
    public boolean visit(final ObjectId commit, final Predicate<BindingKey> wanted, final TableReader.Visitor visitor)
            throws IOException {
        try (ObjectReader reader = new PackedReader(git)) {
            return TableReader.visit(reader, treeOf(commit), "", wanted, visitor);
        } catch (final IOException e) {
            throw damaged(e);
        }
    }

    /** Begins a batch. Historian only, one at a time. */
    public Batch batch() throws IOException {
        return new Batch(this, cache);
    }

    /** A commit whose tree is known. */
    private record Tip(ObjectId commit, ObjectId tree) {}

    /** After {@link #makeDurable}: saves a look for it. */
    void remember(final ObjectId commit, final ObjectId tree) {
        tip = new Tip(commit, tree);
    }

    /**
     * Before a batch's pack comes in: where a dead git left its lock, or another program moved primary, each try would
     * leave a pack.
     */
    void requireMovable() throws IOException {
        final Path lock = path.resolve(PRIMARY + ".lock");
        require(PRIMARY, () -> {
            final Ref now = git.exactRef(PRIMARY);
            final boolean isOurs = Objects.equals(now == null ? null : now.getObjectId(), primary);
            return isOurs && Files.notExists(lock) ? RefUpdate.Result.NO_CHANGE : RefUpdate.Result.LOCK_FAILURE;
        });
    }

    /**
     * Moves the refs, primary last, and does what follows from it. The packs are on the disk.
     *
     * @param fresh nothing referred to them before
     * @throws IOException when primary did not move; whatever fails behind that is the {@link #trouble}
     */
    void makeDurable(
            final Map<String, ObjectId> moves, final Collection<String> deletions, final Collection<FreshPack> fresh)
            throws IOException {
        final Map<String, ObjectId> peers = new LinkedHashMap<>();
        for (final Map.Entry<String, ObjectId> move : moves.entrySet()) {
            if (move.getKey().startsWith(REMOTES_PREFIX)) {
                peers.put(move.getKey(), move.getValue());
            } else if (!move.getKey().equals(PRIMARY)) {
                move(move.getKey(), move.getValue());
            }
        }
        final ObjectId next = moves.get(PRIMARY);
        if (next != null) {
            movePrimary(next);
        }
        aftermath.add(peers, fresh, deletions);
        aftermath.settle();
    }

    /** What fails when the new value stands is not a failure: the batch would be written a second time. */
    private void movePrimary(final ObjectId next) throws IOException {
        try {
            move(PRIMARY, next);
        } catch (final IOException | RuntimeException e) {
            final Ref now = Refs.primary(git);
            if (now == null || !next.equals(now.getObjectId())) {
                throw e;
            }
        }
        primary = next;
    }

    /** Of a batch that failed: git's tools may do with these as they like. */
    void release(final Collection<FreshPack> fresh) {
        if (!fresh.isEmpty()) {
            aftermath.add(Map.of(), fresh, List.of());
            aftermath.settle();
        }
    }

    /** Tries again what failed behind the last move of primary. Historian only. */
    public void settle() {
        aftermath.settle();
    }

    /** What failed behind the move of primary, and is to be tried again; empty when nothing did. Any thread. */
    public String trouble() {
        return aftermath.trouble();
    }

    void move(final String name, final ObjectId to) throws IOException {
        require(name, () -> {
            final RefUpdate update = update(name);
            update.setNewObjectId(to);
            if (name.equals(PRIMARY)) {
                update.setExpectedOldObjectId(primary == null ? ObjectId.zeroId() : primary);
            }
            return update.forceUpdate();
        });
    }

    void delete(final String name) throws IOException {
        require(name, () -> {
            final RefUpdate update = update(name);
            update.setForceUpdate(true);
            return update.delete();
        });
    }

    private RefUpdate update(final String name) throws IOException {
        final RefUpdate update = git.updateRef(name);
        update.disableRefLog();
        return update;
    }

    private interface RefStep {
        RefUpdate.Result take() throws IOException;
    }

    /** A lock is waited for, as git does it: {@code git gc} holds each for a moment. */
    private void require(final String name, final RefStep step) throws IOException {
        RefUpdate.Result result = step.take();
        for (int i = 0; result == RefUpdate.Result.LOCK_FAILURE && i < LOCK_TRIES; i++) {
            LockSupport.parkNanos(LOCK_WAIT_NS);
            result = step.take();
        }
        require(name, result);
    }

    private void require(final String name, final RefUpdate.Result result) throws IOException {
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {
                return;
            }
            default ->
                throw new HistoryException(
                        "%s: %s cannot be moved (%s): another program writes to this repository, or a stale %s/%s.lock is left"
                                .formatted(path, name, result, path, name));
        }
    }

    /** One that was not accepted is left as it was found. */
    @Override
    public void close() throws IOException {
        git.close();
        if (lock != null && accepted) {
            lock.close();
        } else if (lock != null) {
            lock.abandon();
        }
    }
}
