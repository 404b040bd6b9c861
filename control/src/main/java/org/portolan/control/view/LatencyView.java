package org.portolan.control.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.portolan.control.config.Config;
import org.portolan.control.latency.LatencyCollector;
import org.portolan.control.latency.Percentiles;
import org.portolan.control.latency.Track;
import org.portolan.control.start.LatencyPlace;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.worker.Direction;
import org.portolan.dataplane.worker.Latency;

/** The latency as operators see it. Any thread: it reads copies and counters. */
final class LatencyView {
    private static final int WORKER = 0;

    private final Config config;
    private final LatencyPlace place;
    private final WorkerCounters counters;

    LatencyView(final Config config, final LatencyPlace place, final WorkerCounters counters) {
        this.config = config;
        this.place = place;
        this.counters = counters;
    }

    LatencyRow row(final long uptimeS) {
        return new LatencyRow(
                config.router().name(), uptimeS, List.of(worker()), stretches(figures(place.pauses())), log());
    }

    private static Track.Figures figures(final Track track) {
        return track.figures(System.nanoTime());
    }

    private static LatencyRow.Stretches stretches(final Track.Figures figures) {
        return new LatencyRow.Stretches(figures.last(), figures.total());
    }

    private LatencyRow.Worker worker() {
        final List<LatencyRow.Way> ways = new ArrayList<>();
        Track.Figures figures = null;
        for (final Map.Entry<Direction, Track> each : place.collector().tracks().entrySet()) {
            figures = figures(each.getValue());
            ways.add(new LatencyRow.Way(LatencyCollector.name(each.getKey()), stretches(figures)));
        }
        return new LatencyRow.Worker(
                WORKER, figures.lastNs(), figures.ageNs(), counters.stallCount(), counters.longestStall(), ways);
    }

    private Optional<LatencyRow.Files> log() {
        return place.logState()
                .map(state -> new LatencyRow.Files(
                        config.latency().log().orElseThrow().toString(),
                        state.file(),
                        state.written(),
                        state.lost(),
                        state.error()));
    }

    /** Since the start: all frames, then by direction. */
    List<StatsRow.Latency> directions() {
        final Histogram all = Latency.histogram();
        final List<StatsRow.Latency> rows = new ArrayList<>();
        place.collector().tracks().forEach((direction, track) -> {
            final Histogram total = track.total();
            all.add(total);
            rows.add(new StatsRow.Latency(LatencyCollector.name(direction), text(direction), Percentiles.of(total)));
        });
        rows.addFirst(new StatsRow.Latency("router", "in the router", Percentiles.of(all)));
        return rows;
    }

    private static String text(final Direction direction) {
        return switch (direction) {
            case OUTBOUND -> "outbound";
            case INBOUND -> "inbound";
            case INSIDE -> "between inside networks";
        };
    }
}
