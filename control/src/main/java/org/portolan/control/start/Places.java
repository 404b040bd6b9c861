package org.portolan.control.start;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.DirectoryWalk;
import org.portolan.dataplane.system.FileCalls;
import org.portolan.dataplane.system.FileStatus;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.Trust;
import org.portolan.dataplane.system.UntrustedPathException;

/**
 * The directories that the router uses, and the files that are opened while it is still root. All are reached by
 * descriptor, through directories that nobody else can exchange; see {@link DirectoryWalk}.
 */
public final class Places {
    private static final int ROOT = 0;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path USER_MAP = Path.of("/proc/self/uid_map");
    private static final Path UNMAPPED_USER = Path.of("/proc/sys/kernel/overflowuid");

    private final FileCalls calls;
    private final Optional<SystemUser> user;
    private final Trust trust;

    Places(final FileCalls calls, final Optional<SystemUser> user, final Trust trust) {
        this.calls = calls;
        this.user = user;
        this.trust = trust;
    }

    /** @param user who the router becomes */
    public static Places of(final Optional<SystemUser> user) throws IOException {
        return new Places(FileCalls.KERNEL, user, trust(user));
    }

    /** For what is read at the start: whoever the router becomes must not say what the next one does. */
    public static Places ofStarter() throws IOException {
        return of(Optional.empty());
    }

    private static Trust trust(final Optional<SystemUser> user) throws IOException {
        final int self = effective("Uid:");
        final int group = self == ROOT ? ROOT : effective("Gid:");
        final boolean all = Files.readString(USER_MAP).strip().matches("0\\s+0\\s+4294967295");
        final int unmapped = all ? -1 : unmapped(UNMAPPED_USER);
        return new Trust(self, group, user.map(SystemUser::uid).orElse(self), unmapped);
    }

    /**
     * The number in that file, read with one read(2): {@link Files#readString} begins with a byte where the size is
     * said to be 0, and a sysctl answers the first read only.
     */
    static int unmapped(final Path file) throws IOException {
        return Integer.parseInt(Files.readAllLines(file).getFirst().strip());
    }

    /** Of the four numbers in that line of /proc/self/status the second; JNR-POSIX would take 300 ms to load. */
    private static int effective(final String line) throws IOException {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(each -> each.startsWith(line))
                    .mapToInt(each -> (int) Long.parseLong(each.split("\\s+")[2]))
                    .findFirst()
                    .orElseThrow(() -> new IOException(STATUS + " has no line " + line));
        }
    }

    /** Who files are given to: -1 where they stay as they are made. */
    public int uid() {
        return user.map(SystemUser::uid).orElse(-1);
    }

    public int gid() {
        return user.map(SystemUser::gid).orElse(-1);
    }

    public Trust trust() {
        return trust;
    }

    /**
     * The directory, made where it is missing, and the user's. One that is root's is given to the user where it is
     * empty or holds what a router left there.
     *
     * @param key the config's, for the message
     * @param ours tells by its name whether a file is a router's
     * @throws UntrustedPathException when others may write there, or when it is root's and holds other things
     * @throws LibcException when it can be neither opened nor made; names it
     */
    public HeldDirectory directory(final String key, final Path path, final Predicate<String> ours, final Log log)
            throws IOException {
        final HeldDirectory held = DirectoryWalk.make(calls, trust, path);
        try {
            give(key, held, ours, log);
            return held;
        } catch (final IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /**
     * A directory that is there, and in which the router goes on writing as who it is.
     *
     * @throws UntrustedPathException when that is root and others may write there
     */
    public void requireSafe(final Path path) {
        if (trust.user() != ROOT) {
            return;
        }
        try {
            DirectoryWalk.open(calls, trust, path).close();
        } catch (final LibcException e) {
            // It is opened next, and whatever is wrong with it is said then.
            return;
        }
    }

    /**
     * The directory of the control socket, made where it is missing, and then the user's. It may be one such as /tmp.
     *
     * @throws UntrustedPathException when others may take files away from there
     * @throws LibcException when it can be neither opened nor made; names it
     */
    public HeldDirectory socketDirectory(final Path path) {
        final HeldDirectory held = DirectoryWalk.makeShared(calls, trust, path);
        try {
            if (held.isMade() && user.isPresent()) {
                held.give(uid(), gid());
            }
            return held;
        } catch (final RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private void give(final String key, final HeldDirectory held, final Predicate<String> ours, final Log log)
            throws IOException {
        if (user.isEmpty()) {
            return;
        }
        final SystemUser owner = user.get();
        final FileStatus status = held.status();
        if (status.uid() == owner.uid()) {
            return;
        }
        if (!held.isMade()) {
            final Optional<String> other = firstOther(held, ours);
            if (other.isPresent()) {
                throw new UntrustedPathException(
                        "%s: %s belongs to %s and holds %s, which is not a router's: chown %s %s, or name another directory"
                                .formatted(
                                        key,
                                        held.path(),
                                        status.uid() == ROOT ? "root" : "uid " + status.uid(),
                                        other.get(),
                                        owner.name(),
                                        held.path()));
            }
            log.info("%s: changed the owner of %s from root to %s", key, held.path(), owner.name());
        }
        held.give(owner.uid(), owner.gid());
    }

    private static Optional<String> firstOther(final HeldDirectory held, final Predicate<String> ours)
            throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(held.link())) {
            for (final Path file : files) {
                final String name = file.getFileName().toString();
                if (!ours.test(name)) {
                    return Optional.of(name);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * Whether a file that is read at the start, such as the config, could be changed by others: a sentence with the
     * remedy. What is not a regular file, such as a pipe, is whoever's who started the router. A file that cannot be
     * looked at is refused too.
     */
    public Optional<String> refusal(final Path file) {
        final Path absolute = file.toAbsolutePath();
        if (!Files.isRegularFile(absolute)) {
            return Optional.empty();
        }
        try (HeldDirectory directory = DirectoryWalk.openParent(calls, trust, absolute)) {
            final FileStatus status = directory.statusOf(absolute.getFileName().toString());
            if (status.isSymbolicLink()) {
                trust.requireLeading(absolute, status);
                return refusal(absolute.resolveSibling(Files.readSymbolicLink(absolute)));
            }
            trust.requireReadable(absolute, status);
            return Optional.empty();
        } catch (final UntrustedPathException | LibcException e) {
            return Optional.of(e.getMessage());
        } catch (final IOException e) {
            return Optional.of(FileFailure.of(e));
        }
    }
}
