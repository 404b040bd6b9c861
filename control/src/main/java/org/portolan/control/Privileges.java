package org.portolan.control;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.portolan.control.config.SystemUser;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcThread;

/**
 * Least privilege after start (capabilities(7), credentials(7)). The C library changes the user of all threads;
 * capabilities are each thread's own, and
 * only the thread that asked to keep them does: so control's thread drops, and it alone keeps CAP_NET_RAW, to open a
 * device that comes back.
 */
final class Privileges {
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int CAP_NET_RAW = 13;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private Privileges() {}

    /** Gives what the router needs later to that user, before it becomes that user. */
    static void own(final SystemUser user, final Path path) throws IOException {
        final var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        final var lookup = path.getFileSystem().getUserPrincipalLookupService();
        view.setOwner(lookup.lookupPrincipalByName(user.name()));
    }

    /**
     * Becomes that user in all threads, keeping CAP_NET_RAW in the calling one. Nothing that this process starts can
     * gain
     * privileges again.
     *
     * @throws IllegalStateException when the kernel refuses any step: a router that asked to drop and could not must
     *     not run
     */
    static void drop(final SystemUser user) {
        final POSIX posix = POSIXFactory.getNativePOSIX();
        require(LibcThread.prctl(PR_SET_KEEPCAPS, 1), "prctl(PR_SET_KEEPCAPS)");
        LibcThread.clearGroups();
        require(posix.setgid(user.gid()) == 0 ? 0 : posix.errno(), "setgid(" + user.gid() + ")");
        require(posix.setuid(user.uid()) == 0 ? 0 : posix.errno(), "setuid(" + user.uid() + ")");
        keepRawSockets();
        require(LibcThread.prctl(PR_SET_KEEPCAPS, 0), "prctl(PR_SET_KEEPCAPS)");
        require(LibcThread.prctl(PR_SET_NO_NEW_PRIVS, 1), "prctl(PR_SET_NO_NEW_PRIVS)");
        if (posix.getuid() != user.uid() || posix.geteuid() != user.uid()) {
            throw new IllegalStateException("control.user: still not " + user.name() + " after setuid");
        }
    }

    private static void keepRawSockets() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment header = arena.allocate(8, 8);
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
            final MemorySegment data = arena.allocate(24, 8);
            data.set(ValueLayout.JAVA_INT, 0, 1 << CAP_NET_RAW);
            data.set(ValueLayout.JAVA_INT, 4, 1 << CAP_NET_RAW);
            require(LibcThread.capset(header.address(), data.address()), "capset(CAP_NET_RAW)");
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
