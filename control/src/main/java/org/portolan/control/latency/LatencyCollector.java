package org.portolan.control.latency;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.worker.Direction;
import org.portolan.dataplane.worker.Latency;

/**
 * Once a second, asks the worker to swap its counts, then adds the old ones to the tracks. Control's thread.
 */
public final class LatencyCollector {
    private final Latency latency;
    private final CommandProxy commands;
    private final Map<Direction, Track> tracks = new EnumMap<>(Direction.class);
    private final Histogram interval = Latency.histogram();
    private int collectedEpoch;
    private long collectedNs;
    private boolean asked;

    public LatencyCollector(final int worker, final Latency latency, final CommandProxy commands) {
        this.latency = latency;
        this.commands = commands;
        collectedEpoch = latency.epoch();
        collectedNs = latency.swappedNs();
        for (final Direction direction : Direction.values()) {
            tracks.put(direction, new Track("worker-%d.%s".formatted(worker, name(direction))));
        }
    }

    /** What operators read and files carry. */
    public static String name(final Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    /** Asks the worker to leave what it has; a full ring is asked again. */
    public void ask() {
        if (!asked) {
            asked = commands.swapLatency();
        }
    }

    /** Takes what the worker left since it was asked. */
    public void collect() {
        if (!asked || latency.epoch() == collectedEpoch) {
            return;
        }
        collectedEpoch = latency.epoch();
        final long untilNs = latency.swappedNs();
        tracks.forEach((direction, track) -> {
            interval.reset();
            latency.drainIdle(direction, interval);
            track.add(interval, collectedNs, untilNs);
        });
        collectedNs = untilNs;
        asked = false;
    }

    /** After the worker's and control's threads have ended: what was left, and what was recorded since. */
    public void finish() {
        collect();
        final long untilNs = System.nanoTime();
        tracks.forEach((direction, track) -> {
            interval.reset();
            latency.drainActive(direction, interval);
            track.add(interval, collectedNs, untilNs);
        });
        collectedNs = untilNs;
    }

    /** Any thread: a map that does not change. */
    public Map<Direction, Track> tracks() {
        return tracks;
    }
}
