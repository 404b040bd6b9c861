package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.portolan.bench.lab.LabException;
import org.portolan.control.config.Config;
import org.portolan.control.history.Change;
import org.portolan.control.history.Clocks;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborChange;

/**
 * A year of a busy network, reported to a history whose clock stands still while it works. Changes come in bursts, each
 * of which is a batch, as in a router where bursts are minutes apart; an expiry falls due, is probed for 3 s on its
 * branch, and is merged.
 */
final class SimulatedYear implements AutoCloseable {
    static final long DAYS = 365;
    static final long MAX_BYTES = 1L << 30;

    private static final long SECOND_MICROS = 1_000_000;
    private static final long GATHER_MICROS = 250_000;
    private static final long PROBE_MICROS = 3 * SECOND_MICROS;
    private static final long MINUTE_MICROS = 60 * SECOND_MICROS;
    private static final long HOUR_MICROS = 60 * MINUTE_MICROS;
    private static final long YEAR_MICROS = DAYS * 86_400 * SECOND_MICROS;

    private final History history;
    private final SplittableRandom random = new SplittableRandom(7);
    private final SimulatedNetwork network = new SimulatedNetwork(42);
    private final int seenAnHour;
    private final long beganMicros;
    private long nowMicros;
    private long seenMicros;

    /**
     * @param beganS first second of the year: not before today, for packs' files have today's dates and are kept for
     *     ten minutes of the simulated clock
     * @param seenAnHour how many live neighbors show a sign of life each hour: each is written at the hour
     */
    SimulatedYear(final Path directory, final long beganS, final int seenAnHour) throws IOException {
        this.seenAnHour = seenAnHour;
        beganMicros = beganS * SECOND_MICROS;
        nowMicros = beganMicros;
        seenMicros = beganMicros + HOUR_MICROS;
        history = History.open(
                new Config.History(
                        Optional.of(repository(directory)), Optional.empty(), List.of(), (int) DAYS + 1, MAX_BYTES),
                "edge-1",
                directory.resolve("year.ring"),
                List.of(new Wire(0, "lan", "lan")),
                heard -> true,
                new Clocks(() -> nowMicros, () -> nowMicros),
                Log.toStderr(Log.Level.WARN));
    }

    static Path repository(final Path directory) {
        return directory.resolve("year.git");
    }

    History history() {
        return history;
    }

    /**
     * Lives through the year.
     *
     * @param changes of the table, all in all
     * @param meanBurst how many come together
     */
    void live(final int changes, final int meanBurst) {
        int made = 0;
        while (made < changes) {
            final int burst = Math.min(changes - made, meanBurst == 1 ? 1 : random.nextInt(1, 2 * meanBurst));
            made += burst;
            burst(burst);
            passUntil(beganMicros + (long) ((double) made / changes * YEAR_MICROS));
        }
        settle();
    }

    /** An hour in which nothing happens but the upkeep that is due. */
    void rest() {
        final long untilMicros = nowMicros + HOUR_MICROS;
        while (nowMicros < untilMicros) {
            nowMicros += MINUTE_MICROS;
            settle();
        }
    }

    private void burst(final int changes) {
        int leave = 0;
        for (int i = 0; i < changes; i++) {
            if (network.drawsMove()) {
                tell(NeighborChange.MOVED, network.move(), "claim unanswered");
            } else if (network.drawsArrival() || leave == network.live()) {
                tell(NeighborChange.LEARNED, network.arrive(), "answered");
            } else {
                leave++;
            }
        }
        // Last: nobody comes to an address that is being asked whether it is still there.
        final List<SimulatedNetwork.Event> leaving = new ArrayList<>();
        for (int i = 0; i < leave; i++) {
            leaving.add(network.leave());
        }
        for (final SimulatedNetwork.Event each : leaving) {
            final long mac = each.macOld();
            tell(NeighborChange.DUE, new SimulatedNetwork.Event(each.address(), mac, mac), "silent");
        }
        settle();
        if (!leaving.isEmpty()) {
            nowMicros += PROBE_MICROS;
            leaving.forEach(each -> tell(NeighborChange.EXPIRED, each, "silent"));
            settle();
        }
    }

    /** Up to then, with each hour on the way; in one step where nothing happens. */
    private void passUntil(final long micros) {
        while (seenAnHour > 0 && seenMicros < micros) {
            nowMicros = Math.max(nowMicros, seenMicros);
            seenMicros += HOUR_MICROS;
            for (int i = 0; i < Math.min(seenAnHour, network.live()); i++) {
                tell(NeighborChange.REFRESHED, network.sighting(i), "answered");
            }
            settle();
        }
        nowMicros = Math.max(nowMicros, micros);
        settle();
    }

    private void tell(final NeighborChange kind, final SimulatedNetwork.Event event, final String reason) {
        nowMicros += 10;
        history.feed().tell(new Change(kind, 0, event.address(), event.macOld(), event.mac(), nowMicros, reason, ""));
    }

    /** The historian reads, gathers, writes, and does what upkeep is due. */
    private void settle() {
        do {
            history.feed().drain();
            work();
            nowMicros += GATHER_MICROS;
            work();
        } while (history.counters().waiting() > 0);
    }

    private void work() {
        final long failures = history.counters().failures();
        int did = history.work();
        while (did > 0) {
            did = history.work();
        }
        if (history.counters().failures() > failures) {
            throw new LabException("the history could not be written: is the disk full?");
        }
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
