package org.portolan.control.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.portolan.control.config.Config.Control;
import org.portolan.control.config.Config.Idle;
import org.portolan.control.config.Config.Io;
import org.portolan.control.config.Config.Router;
import org.portolan.control.log.Log;
import org.portolan.dataplane.driver.Drivers;

/** The sections that stand for themselves: [router], [io], [control]. */
final class SettingsReader {
    /** A driver that is planned. */
    static final String AF_XDP = "af_xdp";

    static final Path DEFAULT_RUN = Path.of("/run/portolan");
    static final String SOCKET_NAME = "control.sock";

    /** A socket is made under a name of this length in a directory beside its place, and then put there. */
    static final int SOCKET_STAGING_CHARS = "/.p00000000/s".length();

    /** sizeof(sun_path) in include/uapi/linux/un.h, less the terminating zero. */
    static final int LONGEST_SOCKET_BYTES = 107;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
    static final int MOST_CPUS = 1_024;

    /** What works; more are planned. */
    static final int WORKERS = 1;

    static final int MOST_WORKERS = 64;

    private SettingsReader() {}

    static Router router(final Section section) {
        final String name = section.string("name")
                .filter(SettingsReader::isName)
                .map(Item::value)
                .orElseGet(SettingsReader::hostName);
        final Path run = section.string("run").flatMap(SettingsReader::absolute).orElse(DEFAULT_RUN);
        section.finish();
        return new Router(name, run);
    }

    static Io io(final Section section) {
        section.choice("driver", Drivers.PACKET.text(), List.of(Drivers.PACKET.text()), List.of(AF_XDP));
        final int workers = section.integer("workers", 1, WORKERS, 1);
        final Idle idle = Idle.valueOf(section.choice("idle", "backoff", List.of("busy", "backoff", "park"), List.of())
                .toUpperCase(Locale.ROOT));
        final List<Item<Long>> items = section.integers("cpus", 0, MOST_CPUS - 1);
        final Set<Long> seen = new HashSet<>();
        for (final Item<Long> item : items) {
            if (!seen.add(item.value())) {
                item.problem("is named twice", "each CPU once");
            }
        }
        if (items.size() > workers) {
            section.problem("cpus", "more CPUs than workers", "one CPU for each worker, or none");
        }
        section.finish();
        return new Io(
                1, idle, items.stream().map(item -> item.value().intValue()).toList());
    }

    static Control control(final Section section, final Path run) {
        final Path byDefault = run.resolve(SOCKET_NAME);
        final Path socket =
                section.string("socket").flatMap(SettingsReader::absolute).orElse(byDefault);
        if (bytes(socket) > LONGEST_SOCKET_BYTES
                || bytes(parent(socket)) + SOCKET_STAGING_CHARS > LONGEST_SOCKET_BYTES) {
            section.problem("socket", "is too long for a Unix socket: " + socket, "about 90 bytes");
        }
        final Optional<SystemUser> user = section.string("user").flatMap(SettingsReader::user);
        final Optional<SystemGroup> group = section.string("group").flatMap(SettingsReader::group);
        final String level = section.choice("log", "info", List.of("error", "warn", "info", "debug"), List.of());
        section.finish();
        return new Control(socket, user, group, Log.Level.valueOf(level.toUpperCase(Locale.ROOT)));
    }

    private static boolean isName(final Item<String> item) {
        if (NAME.matcher(item.value()).matches()) {
            return true;
        }
        item.problem("is not usable as a name", "1 to 64 letters, digits, . - and _, the first no .");
        return false;
    }

    private static Optional<SystemUser> user(final Item<String> item) {
        final String name = item.value();
        final Optional<SystemUser> user =
                name.isEmpty() || name.indexOf('\0') >= 0 ? Optional.empty() : SystemUser.named(name);
        if (user.isEmpty()) {
            item.problem("there is no such user", "a user of this system, see: getent passwd");
        }
        return user;
    }

    private static Optional<SystemGroup> group(final Item<String> item) {
        final String name = item.value();
        final Optional<SystemGroup> group =
                name.isEmpty() || name.indexOf('\0') >= 0 ? Optional.empty() : SystemGroup.named(name);
        if (group.isEmpty()) {
            item.problem("there is no such group", "a group of this system, see: getent group");
        }
        return group;
    }

    static Optional<Path> absolute(final Item<String> item) {
        final String text = item.value();
        if (!text.startsWith("/") || text.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            item.problem("is not an absolute path", "a path that begins with /");
            return Optional.empty();
        }
        return Optional.of(Path.of(text).normalize());
    }

    private static Path parent(final Path path) {
        return path.getParent() == null ? path : path.getParent();
    }

    private static int bytes(final Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** From the kernel; InetAddress would ask a name server for it. */
    private static String hostName() {
        try {
            final String name =
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return NAME.matcher(name).matches() ? name : "portolan";
        } catch (final IOException e) {
            return "portolan";
        }
    }
}
