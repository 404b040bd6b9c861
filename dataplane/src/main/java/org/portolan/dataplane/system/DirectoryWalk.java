package org.portolan.dataplane.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The way from the root directory to another one, step by step, each step by the descriptor of the one before
 * (openat(2)). Each directory on the way must be one that nobody untrusted can exchange. A symbolic link is followed
 * where root or the router itself put it, as /var/run is, and nowhere else.
 */
public final class DirectoryWalk {
    private static final int MODE = 0755;
    /** As the kernel's own, MAXSYMLINKS. */
    private static final int MOST_LINKS = 40;

    private static final int LONGEST_TARGET = 4_096;

    private final FileCalls calls;
    private final Trust trust;
    private final Deque<String> pending = new ArrayDeque<>();
    private int at = -1;
    private Path path = Path.of("/");
    private int links;
    private boolean made;

    private DirectoryWalk(final FileCalls calls, final Trust trust) {
        this.calls = calls;
        this.trust = trust;
    }

    /**
     * Opens a directory.
     *
     * @throws UntrustedPathException when somebody else may change it, or the way to it
     * @throws LibcException ENOENT, ENOTDIR, EACCES, each with the path
     */
    public static HeldDirectory open(final FileCalls calls, final Trust trust, final Path directory) {
        return new DirectoryWalk(calls, trust).walk(directory, false, true);
    }

    /** Opens a directory, which is made, with those above it, where it is missing. */
    public static HeldDirectory make(final FileCalls calls, final Trust trust, final Path directory) {
        return new DirectoryWalk(calls, trust).walk(directory, true, true);
    }

    /** As {@link #make}, but others may put files there if they cannot take away ours, as in /tmp. */
    public static HeldDirectory makeShared(final FileCalls calls, final Trust trust, final Path directory) {
        return new DirectoryWalk(calls, trust).walk(directory, true, false);
    }

    /** Opens the directory that a file is in, which may be one such as /tmp. */
    public static HeldDirectory openParent(final FileCalls calls, final Trust trust, final Path file) {
        return new DirectoryWalk(calls, trust).walk(file.toAbsolutePath().getParent(), false, false);
    }

    private HeldDirectory walk(final Path directory, final boolean make, final boolean own) {
        push(directory.toAbsolutePath());
        try {
            begin();
            while (!pending.isEmpty()) {
                step(pending.pop(), make);
            }
            if (own) {
                trust.requireDirectory(path, status(at, path));
            }
            return new HeldDirectory(calls, at, directory, made);
        } catch (final RuntimeException e) {
            if (at >= 0) {
                calls.close(at);
            }
            throw e;
        }
    }

    private void push(final Path names) {
        for (int i = names.getNameCount() - 1; i >= 0; i--) {
            pending.push(names.getName(i).toString());
        }
    }

    private void begin() {
        if (at >= 0) {
            calls.close(at);
        }
        path = Path.of("/");
        at = require(calls.look(FileCalls.CURRENT_DIRECTORY, "/"), "open", path);
        trust.requireOnTheWay(path, status(at, path));
    }

    private void step(final String name, final boolean make) {
        final Path next = path.resolve(name);
        int child = calls.look(at, name);
        if (child == -Errno.ENOENT && make) {
            require(calls.makeDirectory(at, name, MODE), "mkdir", next);
            child = calls.look(at, name);
            made = true;
        }
        require(child, "open", next);
        try {
            final FileStatus status = status(child, next);
            if (status.isSymbolicLink()) {
                follow(child, next, status);
                return;
            }
            if (!status.isDirectory()) {
                throw new LibcException("open(\"%s\")".formatted(next), Errno.ENOTDIR, "");
            }
            trust.requireOnTheWay(next, status);
            calls.close(at);
            at = child;
            path = next;
            child = -1;
        } finally {
            if (child >= 0) {
                calls.close(child);
            }
        }
    }

    private void follow(final int link, final Path name, final FileStatus status) {
        trust.requireLeading(name, status);
        if (++links > MOST_LINKS) {
            throw new LibcException("open(\"%s\")".formatted(name), Errno.ELOOP, "");
        }
        final Path target = target(link, name);
        push(target);
        if (target.isAbsolute()) {
            begin();
        }
    }

    private Path target(final int link, final Path name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment text = arena.allocate(LONGEST_TARGET);
            final int bytes = require(calls.target(link, text.address(), LONGEST_TARGET), "readlink", name);
            return Path.of(new String(text.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
        }
    }

    private FileStatus status(final int fd, final Path of) {
        final FileStatus status = new FileStatus();
        require(calls.status(fd, status), "statx", of);
        return status;
    }

    /** The result, or the call, the path and the reason. */
    static int require(final int result, final String call, final Path path) {
        if (result < 0) {
            throw new LibcException("%s(\"%s\")".formatted(call, path), -result, remedy(-result, path));
        }
        return result;
    }

    private static String remedy(final int errno, final Path path) {
        return switch (errno) {
            case Errno.ENOSPC -> "Free some space on the file system of " + path;
            case Errno.EDQUOT -> "Raise the quota of the user that the router runs as";
            case Errno.EMFILE -> "Raise the limit of open files: ulimit -n, or LimitNOFILE= in a unit";
            case Errno.ENFILE -> "Raise the machine's limit: sysctl fs.file-max";
            case Errno.EROFS -> "Name a path on a file system that can be written to";
            case Errno.EACCES, Errno.EPERM -> "Run as a user who may write there, or name another path in the config";
            default -> "";
        };
    }
}
