package org.portolan.control.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.portolan.control.config.SystemGroup;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.FileFailure;
import org.portolan.control.start.Places;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.UntrustedPathException;

/**
 * A listening Unix-domain socket under a path, which one router alone holds.
 *
 * <p>The socket is bound in a directory that only we can enter, given its mode and owner there, and then renamed to its
 * place, so it is never reachable with the wrong permissions. Looking whether the place is free and taking it happen
 * under a lock on a file beside it, PATH.lock: of two routers that find the same dead socket at once, one gets the
 * place and the other sees that it lives. The lock file stays; removing it would need a lock of its own.
 */
final class AdminSocket implements AutoCloseable {
    /** Requests that wait for a free connection; listen(2)'s backlog. */
    private static final int BACKLOG = 128;

    /** Others hold the lock for a moment only. */
    private static final long LOCK_PATIENCE_NS = 5_000_000_000L;

    private static final long LOCK_PAUSE_MS = 10;
    /** A file lock belongs to the process; this one is between its threads. */
    private static final Object BETWEEN_THREADS = new Object();

    // S_IXGRP and S_IXOTH of inode(7).
    private static final int GROUP_MAY_ENTER = 0010;
    private static final int OTHERS_MAY_ENTER = 0001;

    private static final int MODE_BITS = 0660;
    private static final String STAGED = "s";

    private final Path path;
    private final ServerSocketChannel channel;
    private final Object identity;

    private AdminSocket(final Path path, final ServerSocketChannel channel, final Object identity) {
        this.path = path;
        this.channel = channel;
        this.identity = identity;
    }

    /**
     * @param owner who the router will be once it has dropped its privileges
     * @param group whose members may ask; empty: the group of the owner
     * @throws IOException whose message is a sentence for the operator
     */
    static AdminSocket open(final Path path, final Optional<SystemUser> owner, final Optional<SystemGroup> group)
            throws IOException {
        final Places places = Places.of(owner);
        try (HeldDirectory directory =
                places.socketDirectory(path.toAbsolutePath().getParent())) {
            final String name = ".p%08x".formatted(ThreadLocalRandom.current().nextInt());
            // By descriptor: the directory may belong to another user, who could exchange what has that name.
            try (HeldDirectory staging =
                    directory.makePrivate(name, places.trust().self())) {
                return open(path, directory, staging, places, group);
            } finally {
                Files.deleteIfExists(directory.link().resolve(name));
            }
        } catch (final RefusedException e) {
            throw e;
        } catch (final IOException e) {
            throw new IOException("cannot open the control socket %s: %s".formatted(path, FileFailure.of(e)), e);
        } catch (final LibcException | UntrustedPathException e) {
            throw new IOException("cannot open the control socket %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** The first directory on the way to the socket that members of this group may not enter. */
    static Optional<Path> closedTo(final SystemGroup group, final Path path) throws IOException {
        for (Path each = path.toAbsolutePath().getParent(); each != null; each = each.getParent()) {
            final Map<String, Object> directory = Files.readAttributes(each, "unix:mode,gid");
            final int mode = (int) directory.get("mode");
            final boolean theirs = directory.get("gid").equals(group.gid());
            if ((mode & (theirs ? GROUP_MAY_ENTER : OTHERS_MAY_ENTER)) == 0) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    ServerSocketChannel channel() {
        return channel;
    }

    Path path() {
        return path;
    }

    /** Stops listening and removes the socket, unless something else is in its place by now. */
    @Override
    public void close() throws IOException {
        channel.close();
        try {
            if (identity.equals(identityOf(path))) {
                Files.delete(path);
            }
        } catch (final NoSuchFileException e) {
            return;
        }
    }

    /** The socket's place is taken; the message says by what. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(final String message) {
            super(message);
        }
    }

    private static AdminSocket open(
            final Path path,
            final HeldDirectory directory,
            final HeldDirectory staging,
            final Places places,
            final Optional<SystemGroup> group)
            throws IOException {
        final Path staged = staging.link().resolve(STAGED);
        final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(staged), BACKLOG);
            staging.changeMode(STAGED, MODE_BITS);
            give(staged, places);
            if (group.isPresent()) {
                admit(staged, group.orElseThrow());
            }
            synchronized (BETWEEN_THREADS) {
                claim(path, directory, staged, places);
            }
            return new AdminSocket(path, channel, identityOf(path));
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    private static void claim(final Path path, final HeldDirectory directory, final Path staged, final Places places)
            throws IOException {
        try (FileChannel file = openLock(path, directory, places);
                FileLock lock = lock(path, file)) {
            refuseIfTaken(path);
            Files.move(staged, directory.link().resolve(path.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            assert lock.isValid();
        }
    }

    /** The lock file, ours, of the socket's mode and owner, and no link to something else. */
    private static FileChannel openLock(final Path path, final HeldDirectory directory, final Places places)
            throws IOException {
        final String name = path.getFileName() + ".lock";
        final int fd;
        try {
            fd = directory.claim(name, MODE_BITS, places.uid(), places.gid(), places.trust());
        } catch (final LibcException e) {
            if (e.errno() != Errno.EACCES && e.errno() != Errno.EPERM) {
                throw e;
            }
            final Path file = path.resolveSibling(name);
            throw new RefusedException(
                    "%s belongs to another user, such as root when a router ran as root before: rm %s"
                            .formatted(file, file));
        }
        try {
            // Closed before the lock is taken: closing any descriptor of a file gives up this process's locks on it.
            return FileChannel.open(Path.of("/proc/self/fd/" + fd), StandardOpenOption.WRITE);
        } finally {
            Libc.close(fd);
        }
    }

    private static FileLock lock(final Path path, final FileChannel file) throws IOException {
        final long startNs = System.nanoTime();
        FileLock lock = file.tryLock();
        while (lock == null) {
            if (System.nanoTime() - startNs > LOCK_PATIENCE_NS) {
                throw new RefusedException(
                        "another process has held the lock of the control socket %s for 5 s; see who has %s.lock open"
                                .formatted(path, path));
            }
            try {
                Thread.sleep(LOCK_PAUSE_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
            lock = file.tryLock();
        }
        return lock;
    }

    private static void refuseIfTaken(final Path path) throws IOException {
        final BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (final NoSuchFileException e) {
            return;
        }
        if (!attributes.isOther()) {
            throw new RefusedException(
                    "%s exists and is not a socket; remove it, or name another with [control] socket".formatted(path));
        }
        if (isLive(path)) {
            throw new RefusedException(
                    "a router is already running on %s; stop it, or give this one another [router] run"
                            .formatted(path));
        }
    }

    /**
     * Whether somebody listens. Non-blocking, because a wedged router with a full backlog would hold us here; that one
     * answers EAGAIN, and the exception's text depends on the locale, so anything but a refusal counts as a life sign.
     */
    private static boolean isLive(final Path file) throws IOException {
        if (!Files.isWritable(file)) {
            throw new RefusedException("there is a socket on %s that belongs to another user".formatted(file));
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(file));
            return true;
        } catch (final ConnectException e) {
            return false;
        } catch (final SocketException e) {
            return true;
        }
    }

    /** In a directory that is this process's alone. */
    private static void give(final Path file, final Places places) throws IOException {
        if (places.uid() >= 0) {
            Files.setAttribute(file, "unix:uid", places.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:gid", places.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void admit(final Path socket, final SystemGroup group) throws IOException {
        try {
            Files.setAttribute(socket, "unix:gid", group.gid(), LinkOption.NOFOLLOW_LINKS);
        } catch (final IOException e) {
            throw new RefusedException(
                    "control.group: the socket cannot be given to %s: %s; start as root or as a member of that group"
                            .formatted(group.name(), FileFailure.of(e)));
        }
    }

    private static Object identityOf(final Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
