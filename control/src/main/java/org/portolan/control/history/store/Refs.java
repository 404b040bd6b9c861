package org.portolan.control.history.store;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/**
 * Reads refs while git packs them. JGit reads the packed refs first and the ref's own file after that: a ref that moves
 * from the one to the other meanwhile is in neither. Any thread.
 */
public final class Refs {
    /** Of the branch, which is always there: each of them is a look at two files. */
    private static final int TRIES = 20;

    private static final long WAIT_NS = 10_000_000;

    private Refs() {}

    /**
     * One that may be missing: looked for twice.
     *
     * @return null when it is in neither place, or points to no commit
     */
    public static Ref find(final Repository git, final String name) throws IOException {
        final Ref ref = look(git, name);
        return ref == null ? look(git, name) : ref;
    }

    /**
     * The branch primary, waited for up to 0.2 s.
     *
     * @return null when it is missing all that time
     */
    public static Ref primary(final Repository git) throws IOException {
        return await(git, HistoryRepository.PRIMARY);
    }

    /** HEAD, which names the branch; waited for likewise. */
    public static Ref head(final Repository git) throws IOException {
        return await(git, Constants.HEAD);
    }

    private static Ref await(final Repository git, final String name) throws IOException {
        Ref ref = look(git, name);
        for (int i = 1; ref == null && i < TRIES; i++) {
            LockSupport.parkNanos(WAIT_NS);
            ref = look(git, name);
        }
        return ref;
    }

    private static Ref look(final Repository git, final String name) throws IOException {
        final Ref ref = git.exactRef(name);
        return ref == null || ref.getObjectId() == null ? null : ref;
    }
}
