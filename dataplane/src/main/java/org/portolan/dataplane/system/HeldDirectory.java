package org.portolan.dataplane.system;

import java.nio.file.Path;

/**
 * An open directory: what is done in it is done in this one, whatever its path leads to meanwhile. Made by {@link
 * DirectoryWalk}.
 */
public final class HeldDirectory implements AutoCloseable {
    private static final int PRIVATE = 0700;
    private static final int OTHERS = 0077;

    private final FileCalls calls;
    private final int fd;
    private final Path path;
    private final boolean made;

    HeldDirectory(final FileCalls calls, final int fd, final Path path, final boolean made) {
        this.calls = calls;
        this.fd = fd;
        this.path = path;
        this.made = made;
    }

    /**
     * Holds an existing directory, wherever it is and whose ever: for who has no more privileges than its owner.
     *
     * @throws LibcException ENOENT, ENOTDIR, EACCES
     */
    public static HeldDirectory hold(final Path path) {
        return hold(FileCalls.KERNEL, path);
    }

    static HeldDirectory hold(final FileCalls calls, final Path path) {
        // The point: a last name that is a link is followed.
        final int fd = calls.look(FileCalls.CURRENT_DIRECTORY, path.resolve(".").toString());
        return new HeldDirectory(calls, DirectoryWalk.require(fd, "open", path), path, false);
    }

    /** Good as the directory of {@link FileCalls}' calls only; see {@link FileCalls#look}. */
    public int fd() {
        return fd;
    }

    FileCalls calls() {
        return calls;
    }

    /** Its name, for people. */
    public Path path() {
        return path;
    }

    /** A name that leads to this directory as long as it is held, for Java's own classes; needs /proc. */
    public Path link() {
        return Path.of("/proc/self/fd/" + fd);
    }

    /** Whether it was not there before. */
    public boolean isMade() {
        return made;
    }

    /** Owner, mode and links. */
    public FileStatus status() {
        final FileStatus status = new FileStatus();
        DirectoryWalk.require(calls.status(fd, status), "statx", path);
        return status;
    }

    /**
     * Owner, mode and links of what has that name in it, be that a symbolic link.
     *
     * @throws LibcException ENOENT, EACCES
     */
    public FileStatus statusOf(final String name) {
        final Path file = path.resolve(name);
        final int opened = DirectoryWalk.require(calls.look(fd, name), "open", file);
        try {
            final FileStatus status = new FileStatus();
            DirectoryWalk.require(calls.status(opened, status), "statx", file);
            return status;
        } finally {
            calls.close(opened);
        }
    }

    /**
     * Gives it to a user.
     *
     * @throws LibcException EPERM without CAP_CHOWN, EROFS
     */
    public void give(final int uid, final int gid) {
        // A descriptor of the other kind, for fchown(2) takes no O_PATH.
        final int writable = DirectoryWalk.require(calls.open(fd, ".", Libc.O_RDONLY, 0), "open", path);
        try {
            DirectoryWalk.require(calls.changeOwner(writable, uid, gid), "fchown", path);
        } finally {
            calls.close(writable);
        }
    }

    /**
     * Makes a directory in it that nobody but this process's user may enter.
     *
     * @param self that user, by effective user id
     * @throws UntrustedPathException when another directory is in its place by then
     * @throws LibcException with the path
     */
    public HeldDirectory makePrivate(final String name, final int self) {
        final Path directory = path.resolve(name);
        DirectoryWalk.require(calls.makeDirectory(fd, name, PRIVATE), "mkdir", directory);
        final int opened = DirectoryWalk.require(calls.look(fd, name), "open", directory);
        final HeldDirectory held = new HeldDirectory(calls, opened, directory, true);
        final FileStatus status = held.status();
        // The owner of this directory may have put a private one of his own in its place.
        if (!status.isDirectory() || status.uid() != self || (status.permissions() & OTHERS) != 0) {
            held.close();
            throw new UntrustedPathException("%s was replaced while it was being created".formatted(directory));
        }
        return held;
    }

    /**
     * Sets the mode of a file in it that cannot be opened, such as a socket.
     *
     * @throws LibcException EOPNOTSUPP for a symbolic link, which is not followed
     */
    public void changeMode(final String name, final int mode) {
        DirectoryWalk.require(calls.changeMode(fd, name, mode), "fchmodat", path.resolve(name));
    }

    /**
     * Makes a lock file in it ours to use as root, or refuses: it is a regular file with one name that belongs to
     * somebody trusted, no symbolic link, and has the mode and the owner afterwards. A missing one is made, empty; one
     * with content is another file of somebody's, which must not be given away.
     *
     * @param uid the new owner, or -1: as it is
     * @return a descriptor, open for reading and writing
     * @throws UntrustedPathException for a link, somebody else's file, or one with content that would be given away
     * @throws LibcException for anything else that the kernel refuses
     */
    public int claim(final String name, final int mode, final int uid, final int gid, final Trust trust) {
        final Path file = path.resolve(name);
        final int opened = calls.open(fd, name, FileCalls.O_RDWR | FileCalls.O_CREAT | Libc.O_NONBLOCK, mode);
        if (opened == -Errno.ELOOP) {
            throw new UntrustedPathException(
                    "%s is a symbolic link, and the router follows none there: rm %s".formatted(file, file));
        }
        DirectoryWalk.require(opened, "open", file);
        try {
            final FileStatus status = new FileStatus();
            DirectoryWalk.require(calls.status(opened, status), "statx", file);
            trust.requireFile(file, status);
            if (uid >= 0 && status.uid() != uid && status.size() > 0) {
                throw new UntrustedPathException(
                        "%s has content, and a router's lock file has none: move it to another directory"
                                .formatted(file));
            }
            // The owner first: a chown clears bits of the mode.
            if (uid >= 0 && (status.uid() != uid || status.gid() != gid)) {
                DirectoryWalk.require(calls.changeOwner(opened, uid, gid), "fchown", file);
            }
            if (status.permissions() != mode) {
                DirectoryWalk.require(calls.changeMode(opened, mode), "fchmod", file);
            }
            return opened;
        } catch (final RuntimeException e) {
            calls.close(opened);
            throw e;
        }
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
