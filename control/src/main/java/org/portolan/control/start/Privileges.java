package org.portolan.control.start;

import java.util.Optional;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;

/**
 * Least privilege (capabilities(7), credentials(7)), in two steps: what the process never needs goes at once, and its
 * user changes when the devices are open.
 *
 * <p>The C library changes the user of all threads. Capabilities are each thread's own, and only the thread that asked
 * to keep them does: so control's thread drops, and it alone keeps CAP_NET_RAW, to open a device that comes back. The
 * bounding set is each thread's own too. The first thread empties its own before it starts others, and the log's
 * thread, which runs by then, empties its own as well. The JVM's own threads keep theirs. That set limits the programs
 * that a thread starts, and no thread can start one.
 */
public final class Privileges {
    static final int PR_SET_KEEPCAPS = 8;
    static final int PR_CAPBSET_DROP = 24;
    static final int CAP_NET_RAW = 13;
    static final int MOST_CAPABILITIES = 64;

    private Privileges() {}

    /**
     * On the first thread, before it starts others but the log's: nothing that this process starts can gain privileges,
     * and it can start no program.
     *
     * @param user who it will become
     * @throws LibcException when the kernel cannot and a user is set: a router that asked to drop and could not must
     *     not run
     */
    public static void confine(final Optional<SystemUser> user, final Log log) {
        confine(user, log, Credentials.KERNEL);
    }

    static void confine(final Optional<SystemUser> user, final Log log, final Credentials credentials) {
        try {
            credentials.forbidPrograms();
        } catch (final LibcException e) {
            if (user.isPresent()) {
                throw new LibcException(
                        "control.user: " + e.call(),
                        e.errno(),
                        "Allow seccomp to the process, or run without control.user as a user with AmbientCapabilities=CAP_NET_RAW");
            }
            log.warn(
                    "seccomp is not available here, so the process could still start other programs: %s",
                    e.getMessage());
        }
        emptyBoundingSet(credentials);
    }

    /**
     * For the calling thread, and those that it starts. Without CAP_SETPCAP it stays: then this process has nothing of
     * root's to pass on.
     */
    public static void emptyBoundingSet() {
        emptyBoundingSet(Credentials.KERNEL);
    }

    static void emptyBoundingSet(final Credentials credentials) {
        for (int capability = 0; capability < MOST_CAPABILITIES; capability++) {
            final int errno = credentials.prctl(PR_CAPBSET_DROP, capability);
            if (errno != 0) {
                // EINVAL: there are no more.
                return;
            }
        }
    }

    /**
     * Becomes that user in all threads, keeping CAP_NET_RAW in the calling one.
     *
     * @throws IllegalStateException when the kernel refuses any step: a router that asked to drop and could not must
     *     not run
     */
    public static void drop(final SystemUser user) {
        drop(user, Credentials.KERNEL);
    }

    static void drop(final SystemUser user, final Credentials credentials) {
        require(credentials.prctl(PR_SET_KEEPCAPS, 1), "prctl(PR_SET_KEEPCAPS)");
        credentials.clearGroups();
        require(credentials.setGroup(user.gid()), "setgid(" + user.gid() + ")");
        require(credentials.setUser(user.uid()), "setuid(" + user.uid() + ")");
        require(credentials.keepOnly(CAP_NET_RAW), "capset(CAP_NET_RAW)");
        require(credentials.prctl(PR_SET_KEEPCAPS, 0), "prctl(PR_SET_KEEPCAPS)");
        if (!credentials.isUser(user.uid())) {
            throw new IllegalStateException("control.user: still not " + user.name() + " after setuid");
        }
    }

    private static void require(final int errno, final String call) {
        if (errno != 0) {
            throw new IllegalStateException(
                    "control.user: %s: %s. Changing the user needs root, and in a user namespace a mapped user"
                            .formatted(call, Errno.describe(errno)));
        }
    }
}
