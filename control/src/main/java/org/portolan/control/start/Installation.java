package org.portolan.control.start;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.portolan.control.config.SystemUser;

/**
 * What the process runs from and goes on reading: its classes, of which many are loaded only when they are needed, and
 * its Java. Where that is closed to the user whom it becomes, a class or a table is missing after the change, in
 * whatever thread needs it first.
 *
 * <p>Told by owner, group and mode (path_resolution(7)), before anything is opened; access lists are not looked at.
 *
 * @param parts files and directories, absolute
 */
public record Installation(List<Path> parts) {
    private static final int READ = 4;
    private static final int PASS = 1;

    /** Of this process. What its class path names in vain is left out. */
    public static Installation ofProcess() {
        final Path java = Path.of(System.getProperty("java.home"));
        final List<Path> parts = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            parts.add(Path.of(entry));
        }
        // One of the small files that Java opens at their first use.
        parts.add(java.resolve("lib").resolve("tzdb.dat"));
        return new Installation(parts.stream()
                .map(Path::toAbsolutePath)
                .map(Path::normalize)
                .filter(Files::exists)
                .toList());
    }

    /** A sentence that names what is closed to that user, and the remedy. */
    public Optional<String> refusal(final SystemUser user) throws IOException {
        for (final Path part : parts) {
            Path closed = closed(part, user);
            closed = closed == null ? closed(part.toRealPath(), user) : closed;
            if (closed != null) {
                return Optional.of(("control.user: %s may not read %s, which the router runs from: %s is closed to it."
                                + " Open it (chmod o+%s %s), or install the router where every user may read, such as"
                                + " /opt")
                        .formatted(user.name(), part, closed, Files.isDirectory(closed) ? "rx" : "r", closed));
            }
        }
        return Optional.empty();
    }

    /** The outermost directory that ends the way, or the part itself; null when it can be read. */
    private static Path closed(final Path part, final SystemUser user) throws IOException {
        Path at = part.getRoot();
        for (final Path name : part) {
            if (!mayPass(at, user)) {
                return at;
            }
            at = at.resolve(name);
        }
        final boolean open = may(READ, at, user) && (!Files.isDirectory(at) || mayPass(at, user));
        return open ? null : at;
    }

    private static boolean mayPass(final Path directory, final SystemUser user) throws IOException {
        return may(PASS, directory, user);
    }

    /** The first class that fits decides, and root passes everywhere. The user has no group but its own by then. */
    private static boolean may(final int what, final Path path, final SystemUser user) throws IOException {
        final Map<String, Object> file = Files.readAttributes(path, "unix:mode,uid,gid");
        final int mode = (int) file.get("mode");
        final int shift = (int) file.get("uid") == user.uid() ? 6 : (int) file.get("gid") == user.gid() ? 3 : 0;
        return user.uid() == 0 || (mode >> shift & what) == what;
    }
}
