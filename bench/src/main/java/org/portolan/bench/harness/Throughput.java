package org.portolan.bench.harness;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.Rounds;

/** The throughput that a run found for a device so far: what loads are percentages of. */
final class Throughput {
    private Throughput() {}

    /**
     * Median of the loss-free rates with the point's frames and sessions; where there was no search, the highest rung
     * of the ladder that lost nothing in most rounds.
     *
     * @return frames a second; 0 when the device passes no rate without loss
     */
    static double found(final List<Measurement> known, final Point point) {
        final List<Double> searched = known.stream()
                .filter(each -> isSame(each.point(), point, Point.Kind.THROUGHPUT))
                .map(each -> each.value(Figure.LOSS_FREE_FPS).orElse(0.0))
                .toList();
        return searched.isEmpty()
                ? highestRung(known, point)
                : Rounds.of(searched).median();
    }

    private static double highestRung(final List<Measurement> known, final Point point) {
        final Map<Integer, List<Measurement>> rungs = known.stream()
                .filter(each -> isSame(each.point(), point, Point.Kind.LADDER))
                .collect(Collectors.groupingBy(each -> each.point().load(), TreeMap::new, Collectors.toList()));
        return rungs.values().stream()
                .filter(Throughput::isMostlyWhole)
                .map(rung -> rung.stream()
                        .map(each -> each.value(Figure.DELIVERED_FPS).orElse(0.0))
                        .toList())
                .map(rates -> Rounds.of(rates).median())
                .max(Comparator.naturalOrder())
                .orElse(0.0);
    }

    private static boolean isMostlyWhole(final List<Measurement> rung) {
        final long whole = rung.stream()
                .filter(each -> each.value(Figure.LOST_FRAMES).orElse(1.0) == 0)
                .count();
        return 2 * whole > rung.size();
    }

    private static boolean isSame(final Point known, final Point point, final Point.Kind kind) {
        return known.kind() == kind
                && known.device().equals(point.device())
                && known.frame().equals(point.frame())
                && known.sessions() == point.sessions();
    }
}
