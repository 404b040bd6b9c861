package org.portolan.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** What a reader has to know before the figures: the run's own warnings, and what its measurements show. */
final class Doubts {
    /** Of what was offered flat out; that much passed is all of it, but for what was on its way at the end. */
    private static final double NEARLY = 0.99;

    /** Of a fixed rate. */
    private static final double ENOUGH = 0.95;

    private Doubts() {}

    static List<String> of(final Results results) {
        final List<String> doubts = new ArrayList<>();
        if (results.info().ended().isEmpty()) {
            doubts.add("This run did not end: it was cut short, or goes on. What is missing was not measured yet.");
        }
        doubts.addAll(results.info().warnings());
        for (final Point.Kind kind : Point.Kind.values()) {
            for (final Results.Case of : results.cases(kind)) {
                for (final RunInfo.Device device : results.devices(kind, of)) {
                    wrong(results, kind, of, device, doubts);
                }
            }
        }
        generatorsRates(results, doubts);
        generatorFellShort(results, doubts);
        if (results.info().ended().isPresent()) {
            missingRounds(results, doubts);
        }
        return doubts;
    }

    private static void wrong(
            final Results results,
            final Point.Kind kind,
            final Results.Case of,
            final RunInfo.Device device,
            final List<String> doubts) {
        results.rounds(kind, of, device, Figure.WRONG_FRAMES)
                .map(Rounds::most)
                .filter(most -> most > 0)
                .ifPresent(most -> doubts.add("%s delivered up to %s wrong frames in a trial (%s)."
                        .formatted(device.name(), Numbers.whole(most), where(results, kind, of))));
    }

    /** A device that lost nothing flat out was never loaded to its end. */
    private static void generatorsRates(final Results results, final List<String> doubts) {
        final Point.Kind kind = Point.Kind.THROUGHPUT;
        for (final RunInfo.Device device : results.devices()) {
            final List<String> places = new ArrayList<>();
            for (final Results.Case of : results.cases(kind)) {
                final Optional<Rounds> passed =
                        results.ratio(kind, of, device, Figure.LOSS_FREE_FPS, Figure.FLAT_OFFERED_FPS);
                if (passed.isPresent() && passed.get().median() >= NEARLY) {
                    places.add(results.text(kind, of));
                }
            }
            if (!places.isEmpty()) {
                doubts.add("%s lost nothing of all that the generator gave, so the rate is the generator's (%s)."
                        .formatted(device.name(), String.join("; ", places)));
            }
        }
    }

    private static void generatorFellShort(final Results results, final List<String> doubts) {
        final Point.Kind kind = Point.Kind.LADDER;
        int rungs = 0;
        int few = 0;
        for (final Results.Case of : results.cases(kind)) {
            for (final RunInfo.Device device : of.isFlatOut() ? List.<RunInfo.Device>of() : results.devices(kind, of)) {
                final Optional<Rounds> offered = results.rounds(kind, of, device, Figure.OFFERED_FPS);
                rungs++;
                few += offered.isPresent() && offered.get().median() < ENOUGH * of.asked() ? 1 : 0;
            }
        }
        if (few > 0) {
            doubts.add("In %d of %d trials at a fixed rate the generator sent less than %.0f %% of it: compare what was"
                            .formatted(few, rungs, ENOUGH * 100)
                    + " offered before what was delivered.");
        }
    }

    private static void missingRounds(final Results results, final List<String> doubts) {
        for (final RunInfo.Device device : results.devices()) {
            final List<String> places = new ArrayList<>();
            for (final Point.Kind kind : Point.Kind.values()) {
                final int all = results.rounds(kind);
                for (final Results.Case of : results.cases(kind)) {
                    final int count = results.rounds(kind, of, device);
                    if (count > 0 && count < all) {
                        places.add("%s: %d of %d".formatted(where(results, kind, of), count, all));
                    }
                }
            }
            if (!places.isEmpty()) {
                doubts.add("%s has fewer rounds than others: %s.".formatted(device.name(), String.join("; ", places)));
            }
        }
    }

    private static String where(final Results results, final Point.Kind kind, final Results.Case of) {
        final String text = results.text(kind, of);
        return Topic.of(kind).title() + (text.isEmpty() ? "" : ", " + text);
    }
}
