package org.portolan.dataplane.system;

import java.nio.file.Path;

/**
 * Whose files the router uses: root's, its own, and those of the user that it becomes. Everybody else could put
 * something there, or take it away, while the router is root.
 *
 * @param self who this process is, by effective user id
 * @param group this process's own group, or root's when it is root: its members may write
 * @param user who it becomes, or the same
 * @param unmapped the number under which the files of users outside of a user namespace appear, or -1 outside of one:
 *     they belong to who made the namespace, or to nobody in it
 */
public record Trust(int self, int group, int user, int unmapped) {
    private static final int ROOT = 0;

    /** Whether that user's files are used. */
    public boolean isTrusted(final int uid) {
        return uid == ROOT || uid == self || uid == user || uid == unmapped;
    }

    /** Whether a symbolic link of that user's is followed: what {@link #user} made may lead root astray. */
    boolean mayLead(final int uid) {
        return uid == ROOT || uid == self || uid == unmapped;
    }

    /**
     * A directory on the way to what is used.
     *
     * @throws UntrustedPathException when somebody else may put another in its place
     */
    void requireOnTheWay(final Path directory, final FileStatus status) {
        requireOwner(directory, status);
        if (mayOthersWrite(status) && !status.isSticky()) {
            throw writable(directory, status);
        }
    }

    /**
     * The directory in which files are made.
     *
     * @throws UntrustedPathException when somebody else may put files there
     */
    void requireDirectory(final Path directory, final FileStatus status) {
        requireOwner(directory, status);
        if (mayOthersWrite(status)) {
            throw writable(directory, status);
        }
    }

    /** @throws UntrustedPathException when a symbolic link may not be followed */
    public void requireLeading(final Path link, final FileStatus status) {
        if (!mayLead(status.uid())) {
            throw new UntrustedPathException(
                    "%s is a symbolic link that belongs to uid %d, and it is not followed: name its target itself"
                            .formatted(link, status.uid()));
        }
    }

    /** @throws UntrustedPathException when it is not a plain file with one name that belongs to somebody trusted */
    void requireFile(final Path file, final FileStatus status) {
        if (!status.isRegular()) {
            throw new UntrustedPathException("%s is not a regular file: rm %s".formatted(file, file));
        }
        if (status.links() > 1) {
            throw new UntrustedPathException(
                    "%s is a hard link to a file that has %d names: rm %s".formatted(file, status.links(), file));
        }
        requireOwner(file, status);
    }

    /**
     * A file that is read.
     *
     * @throws UntrustedPathException when somebody else may write to it
     */
    public void requireReadable(final Path file, final FileStatus status) {
        requireOwner(file, status);
        if (mayOthersWrite(status)) {
            throw writable(file, status);
        }
    }

    private boolean mayOthersWrite(final FileStatus status) {
        final boolean inGroup = status.gid() == ROOT || status.gid() == group;
        return status.mayAllWrite() || status.mayGroupWrite() && !inGroup;
    }

    private void requireOwner(final Path path, final FileStatus status) {
        if (!isTrusted(status.uid())) {
            throw new UntrustedPathException(
                    "%s belongs to uid %d, who could change it while the router runs: chown root %s"
                            .formatted(path, status.uid(), path));
        }
    }

    private static UntrustedPathException writable(final Path path, final FileStatus status) {
        return new UntrustedPathException(
                "others may write to %s (its mode is %04o), and could change what the router does: chmod go-w %s"
                        .formatted(path, status.permissions(), path));
    }
}
