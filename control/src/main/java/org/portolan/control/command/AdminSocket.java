package org.portolan.control.command;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.portolan.control.config.SystemUser;

/**
 * A listening Unix-domain socket under a path, which one router alone holds.
 *
 * <p>The socket is bound in a directory that only we can enter, given its mode and owner there, and then linked to its
 * place: it is never reachable with the wrong permissions, and link(2), unlike rename(2), does not replace a socket that
 * another router put there meanwhile. A socket found in the place is asked whether somebody listens; a dead one is moved
 * away first and asked once more there, so that two routers that start at once cannot both remove the other's.
 */
final class AdminSocket implements AutoCloseable {
    /** Requests that wait for a free connection; listen(2)'s backlog. */
    private static final int BACKLOG = 128;

    private static final int ATTEMPTS = 5;
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
     * @throws IOException whose message is a sentence for the operator
     */
    static AdminSocket open(final Path path, final Optional<SystemUser> owner) throws IOException {
        final Path directory = path.toAbsolutePath().getParent();
        try {
            makeDirectory(directory, owner);
            final Path staging = directory.resolve(".p%08x".formatted(ThreadLocalRandom.current().nextInt()));
            Files.createDirectory(staging, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                return open(path, staging.resolve("s"), staging.resolve("old"), owner);
            } finally {
                Files.deleteIfExists(staging.resolve("s"));
                Files.deleteIfExists(staging.resolve("old"));
                Files.deleteIfExists(staging);
            }
        } catch (final RefusedException e) {
            throw e;
        } catch (final IOException e) {
            throw new IOException("cannot open the control socket %s: %s".formatted(path, reason(e)), e);
        }
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
            final Path path, final Path staged, final Path old, final Optional<SystemUser> owner) throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(staged), BACKLOG);
            Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString(MODE));
            if (owner.isPresent()) {
                give(staged, owner.orElseThrow());
            }
            claim(path, staged, old);
            return new AdminSocket(path, channel, identityOf(path));
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void claim(final Path path, final Path staged, final Path old) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Files.createLink(path, staged);
                return;
            } catch (final FileAlreadyExistsException e) {
                clear(path, old);
            }
        }
        throw new RefusedException("the control socket %s is being taken by other routers".formatted(path));
    }

    private static void clear(final Path path, final Path old) throws IOException {
        refuseIfLive(path, path);
        try {
            Files.move(path, old);
        } catch (final NoSuchFileException e) {
            return;
        }
        try {
            refuseIfLive(path, old);
        } catch (final RefusedException e) {
            Files.createLink(path, old);
            throw e;
        }
        Files.delete(old);
    }

    /** @param file where what may be live is now */
    private static void refuseIfLive(final Path path, final Path file) throws IOException {
        final BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (final NoSuchFileException e) {
            return;
        }
        if (!attributes.isOther()) {
            throw new RefusedException(
                    "%s exists and is not a socket; remove it, or name another with [control] socket".formatted(path));
        }
        if (isLive(file)) {
            throw new RefusedException(
                    "a router is already running on %s; stop it, or give this one a socket and a run directory of its own"
                            .formatted(path));
        }
    }

    /** Whether somebody listens. Non-blocking, because a wedged router with a full backlog would hold us here. */
    private static boolean isLive(final Path file) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(file));
            return true;
        } catch (final ConnectException e) {
            return false;
        }
    }

    private static void give(final Path file, final SystemUser owner) throws IOException {
        Files.setAttribute(file, "unix:uid", owner.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", owner.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    private static Object identityOf(final Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    private static String reason(final IOException e) {
        return switch (e) {
            case AccessDeniedException ignored -> "permission denied";
            case final FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
