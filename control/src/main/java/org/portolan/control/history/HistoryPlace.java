package org.portolan.control.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.control.start.Places;
import org.portolan.control.start.RunFiles;
import org.portolan.control.start.WallClock;
import org.portolan.dataplane.system.UntrustedPathException;

/**
 * Where the history is once it is open: after the privileges were dropped, so that its files are the user's, and until
 * control has said its last.
 */
public final class HistoryPlace implements AutoCloseable {
    private static final int REALM = 0;

    private History history;

    /**
     * Makes the repository's directory ready while the process may still change its owner. One that holds something is
     * left as it is: whether the user may write there is said by who opens it.
     *
     * @throws UntrustedPathException when others may write there, and the router would as root
     */
    public static void prepare(final Config config, final Places places, final Log log) throws IOException {
        final Optional<Path> path = config.history().path();
        if (path.isEmpty()) {
            return;
        }
        if (isMissingOrEmpty(path.get())) {
            places.directory("history.path", path.get(), name -> false, log).close();
        } else {
            places.requireSafe(path.get());
        }
    }

    private static boolean isMissingOrEmpty(final Path path) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            return !files.iterator().hasNext();
        } catch (final NoSuchFileException e) {
            return true;
        } catch (final IOException e) {
            // It is not a directory, or closed to us: who opens it says so.
            return false;
        }
    }

    /** @throws IOException whose message is a sentence for the operator */
    public void open(final Config config, final Hearsay.Listener hear, final Log log) throws IOException {
        if (config.history().path().isEmpty()) {
            return;
        }
        final List<Wire> wires = config.interfaces().stream()
                .map(on -> new Wire(REALM, on.segment(), on.name()))
                .toList();
        history = History.open(
                config.history(),
                config.router().name(),
                config.router().run().resolve(RunFiles.HISTORY_RING),
                wires,
                hear,
                Clocks.system(WallClock::micros),
                log);
    }

    /** Null when none is kept. */
    public History history() {
        return history;
    }

    @Override
    public void close() throws IOException {
        if (history != null) {
            history.close();
        }
    }
}
