package org.portolan.control.command;

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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.portolan.control.config.SystemGroup;
import org.portolan.control.config.SystemUser;

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

    private static final String MODE = "rw-rw----";

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
        final Path directory = path.toAbsolutePath().getParent();
        try {
            makeDirectory(directory, owner);
            final Path staging = directory.resolve(
                    ".p%08x".formatted(ThreadLocalRandom.current().nextInt()));
            Files.createDirectory(
                    staging, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                return open(path, staging.resolve("s"), owner, group);
            } finally {
                Files.deleteIfExists(staging.resolve("s"));
                Files.deleteIfExists(staging);
            }
        } catch (final RefusedException e) {
            throw e;
        } catch (final IOException e) {
            throw new IOException("cannot open the control socket %s: %s".formatted(path, reason(e)), e);
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

    private static void makeDirectory(final Path directory, final Optional<SystemUser> owner) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectories(directory);
        if (owner.isPresent()) {
            give(directory, owner.orElseThrow());
        }
    }

    private static AdminSocket open(
            final Path path, final Path staged, final Optional<SystemUser> owner, final Optional<SystemGroup> group)
            throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(staged), BACKLOG);
            restrict(staged, owner);
            if (group.isPresent()) {
                admit(staged, group.orElseThrow());
            }
            synchronized (BETWEEN_THREADS) {
                claim(path, staged, owner);
            }
            return new AdminSocket(path, channel, identityOf(path));
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void claim(final Path path, final Path staged, final Optional<SystemUser> owner) throws IOException {
        final Path lockFile = path.resolveSibling(path.getFileName() + ".lock");
        final Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel file = FileChannel.open(lockFile, options);
                FileLock lock = lock(path, file)) {
            restrict(lockFile, owner);
            refuseIfTaken(path);
            Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE);
            assert lock.isValid();
        }
    }

    private static FileLock lock(final Path path, final FileChannel file) throws IOException {
        final long startNs = System.nanoTime();
        FileLock lock = file.tryLock();
        while (lock == null) {
            if (System.nanoTime() - startNs > LOCK_PATIENCE_NS) {
                throw new RefusedException(
                        "another process has been opening the control socket %s for seconds".formatted(path));
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

    private static void restrict(final Path file, final Optional<SystemUser> owner) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(MODE));
        if (owner.isPresent()) {
            give(file, owner.orElseThrow());
        }
    }

    private static void give(final Path file, final SystemUser owner) throws IOException {
        Files.setAttribute(file, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    private static void admit(final Path socket, final SystemGroup group) throws IOException {
        try {
            Files.setAttribute(socket, "unix:gid", group.gid(), LinkOption.NOFOLLOW_LINKS);
        } catch (final IOException e) {
            throw new RefusedException(
                    "control.group: the socket cannot be given to %s: %s; start as root or as a member of that group"
                            .formatted(group.name(), reason(e)));
        }
    }

    private static Object identityOf(final Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static String reason(final IOException e) {
        return switch (e) {
            case AccessDeniedException ignored -> "permission denied";
            case final FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
