package org.portolan.control;

import java.io.IOException;
import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.control.log.Log;

/**
 * Where the history is once it is open: after the privileges were dropped, so that its files are the user's, and until
 * control has said its last.
 */
final class HistoryPlace implements AutoCloseable {
    static final String RING = "history.ring";

    private static final int REALM = 0;

    private History history;

    /** @throws IOException whose message is a sentence for the operator */
    void open(final Config config, final Dataplane dataplane, final Controller controller, final Log log)
            throws IOException {
        if (config.history().path().isEmpty()) {
            return;
        }
        final List<Wire> wires = dataplane.links().stream()
                .map(link ->
                        new Wire(REALM, link.config().segment(), link.config().name()))
                .toList();
        history = History.open(
                config.history(),
                config.router().name(),
                config.router().run().resolve(RING),
                wires,
                controller::hear,
                WallClock::micros,
                log);
    }

    /** Null when none is kept. */
    History history() {
        return history;
    }

    @Override
    public void close() throws IOException {
        if (history != null) {
            history.close();
        }
    }
}
