package org.portolan.control.start;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.portolan.control.config.Config;
import org.portolan.control.latency.IntervalLog;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.HeldDirectory;

/** The run directory and what a router keeps in it. */
public final class RunFiles {
    static final String COUNTERS = "counters.dat";
    public static final String HISTORY_RING = "history.ring";

    private static final String UNFINISHED = ".new";

    /** What a router that ran as root may have left, whatever the config says. */
    private static final Set<String> LEFT =
            Set.of(COUNTERS, COUNTERS + UNFINISHED, HISTORY_RING, HISTORY_RING + UNFINISHED);

    /** The directory in which a socket is made; one that was killed meanwhile leaves it. */
    private static final Pattern STAGING = Pattern.compile("\\.p[0-9a-f]{8}");

    private RunFiles() {}

    /** Opens the directory, which is there and the user's afterwards. */
    public static HeldDirectory prepare(final Config config, final Places places, final Log log) throws IOException {
        return places.directory("router.run", config.router().run(), name -> isOurs(config, name), log);
    }

    /** Whether a router with this config may have left a file of that name in its run directory. */
    static boolean isOurs(final Config config, final String name) {
        final String socket = config.control().socket().getFileName().toString();
        return LEFT.contains(name)
                || name.equals(socket)
                || name.equals(socket + ".lock")
                || STAGING.matcher(name).matches()
                || isInterval(config, name)
                || isPlace(config, name);
    }

    private static boolean isInterval(final Config config, final String name) {
        final Path run = config.router().run().normalize();
        return name.endsWith(IntervalLog.SUFFIX)
                && config.latency()
                        .log()
                        .filter(log -> log.normalize().equals(run))
                        .isPresent();
    }

    /** Whether it is one of the directories that the config names, or leads to one. */
    private static boolean isPlace(final Config config, final String name) {
        final var path = config.router().run().resolve(name);
        return config.latency().log().filter(log -> log.startsWith(path)).isPresent()
                || config.history()
                        .path()
                        .filter(history -> history.startsWith(path))
                        .isPresent();
    }
}
