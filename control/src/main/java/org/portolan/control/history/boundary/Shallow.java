package org.portolan.control.history.boundary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.LockFile;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.log.FileFailure;

/** git's own file {@code shallow}: the commits that are read as if they had no parents. */
public final class Shallow {
    /** A lock that is held. */
    public interface Hold {
        void close();
    }

    private Shallow() {}

    /** The boundary as it stands; empty while the history is whole. */
    public static Set<ObjectId> read(final FileRepository git) throws IOException {
        try {
            return Set.copyOf(git.getObjectDatabase().getShallowCommits());
        } catch (final IOException e) {
            if (FileFailure.isLackOfDescriptors(e)) {
                throw new IOException("%s/shallow: %s".formatted(git.getDirectory(), FileFailure.NO_DESCRIPTOR), e);
            }
            throw new IOException(
                    ("%s/shallow cannot be read (%s): put it right, one commit id a line; do not remove it, it says where"
                                    + " the history begins")
                            .formatted(git.getDirectory(), e.getMessage()),
                    e);
        }
    }

    /** On the disk when it returns. Locked as stock git locks it, so that neither undoes the other. */
    public static void write(final FileRepository git, final Collection<? extends AnyObjectId> boundary)
            throws IOException {
        final LockFile lock = lock(git);
        try {
            lock.setFSync(true);
            lock.write(text(boundary));
            if (!lock.commit()) {
                throw new IOException("%s/shallow cannot be written".formatted(git.getDirectory()));
            }
        } finally {
            lock.unlock();
        }
        Durable.sync(git.getDirectory().toPath());
    }

    /**
     * Keeps the boundary as it is until it is closed. git prune(1) drops from it what no ref leads to yet, such as the
     * end of a peer's history that is just being taken over; it does not while somebody holds the lock.
     */
    public static Hold hold(final FileRepository git) throws IOException {
        final LockFile lock = lock(git);
        return lock::unlock;
    }

    private static LockFile lock(final FileRepository git) throws IOException {
        final LockFile lock = new LockFile(
                git.getDirectory().toPath().resolve(Constants.SHALLOW).toFile());
        if (!lock.lock()) {
            throw new IOException(
                    "%s/shallow.lock is held: another git works there, or one that died left it; then delete it"
                            .formatted(git.getDirectory()));
        }
        return lock;
    }

    private static byte[] text(final Collection<? extends AnyObjectId> boundary) throws IOException {
        final ByteArrayOutputStream text = new ByteArrayOutputStream(boundary.size() * 41);
        for (final AnyObjectId commit : new TreeSet<>(boundary)) {
            commit.copyTo(text);
            text.write('\n');
        }
        return text.toByteArray();
    }
}
