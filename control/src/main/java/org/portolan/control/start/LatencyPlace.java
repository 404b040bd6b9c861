package org.portolan.control.start;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config;
import org.portolan.control.latency.IntervalLog;
import org.portolan.control.latency.LatencyCollector;
import org.portolan.control.latency.PauseMeter;
import org.portolan.control.latency.Track;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.UntrustedPathException;

/**
 * What is done with the latency beside control: pauses are metered and files written, on threads that begin after the
 * privileges were dropped and end after the worker and control, so that the files have the last frame.
 */
public final class LatencyPlace implements AutoCloseable {
    private LatencyCollector collector;
    private PauseMeter pauses;
    private Optional<IntervalLog> log = Optional.empty();

    /**
     * Makes the directory of the interval files ready while the process may still change its owner.
     *
     * <p>A router routes without them too, so what is in the way is left to the log itself to tell.
     *
     * @throws UntrustedPathException when others may write there, or it is root's and holds other things
     */
    public static void prepare(final Config config, final Places places, final Log log) throws IOException {
        if (config.latency().log().isEmpty()) {
            return;
        }
        final Path directory = config.latency().log().get();
        try {
            places.directory("latency.log", directory, name -> name.endsWith(IntervalLog.SUFFIX), log)
                    .close();
        } catch (final LibcException e) {
            log.debug("latency: %s", e.getMessage());
        }
    }

    public void open(final Config config, final LatencyCollector gathered, final Log to) {
        collector = gathered;
        pauses = PauseMeter.start();
        final List<Track> tracks = new ArrayList<>(collector.tracks().values());
        tracks.add(pauses.track());
        log = config.latency()
                .log()
                .map(ignored ->
                        IntervalLog.start(config.latency(), config.router().name(), tracks, to));
    }

    public LatencyCollector collector() {
        return collector;
    }

    public Track pauses() {
        return pauses.track();
    }

    /** Empty when none is written. */
    public Optional<IntervalLog.State> logState() {
        return log.map(IntervalLog::state);
    }

    @Override
    public void close() {
        if (collector == null) {
            return;
        }
        collector.finish();
        pauses.close();
        log.ifPresent(IntervalLog::close);
    }
}
