package org.portolan.control;

import java.io.IOException;
import java.util.Set;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.control.start.Places;
import org.portolan.dataplane.system.HeldDirectory;

/** The run directory and what a router keeps in it. */
final class RunFiles {
    static final String COUNTERS = "counters.dat";
    static final String HISTORY_RING = "history.ring";

    /** What a router that ran as root may have left; the socket may have another name. */
    private static final Set<String> LEFT = Set.of(COUNTERS, HISTORY_RING);

    private static final String UNFINISHED = ".new";

    private RunFiles() {}

    /** Opens the directory, which is there and the user's afterwards. */
    static HeldDirectory prepare(final Config config, final Places places, final Log log) throws IOException {
        final String socket = config.control().socket().getFileName().toString();
        return places.directory(
                "router.run",
                config.router().run(),
                name -> LEFT.contains(name.replace(UNFINISHED, "")) || name.startsWith(socket) || isPlace(config, name),
                log);
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
