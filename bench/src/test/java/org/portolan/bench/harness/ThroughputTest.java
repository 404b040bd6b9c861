package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;

class ThroughputTest {
    private static final Point LATENCY = new Point(Point.Kind.LATENCY, "portolan", "64", 1_000, 50, 1);

    private static Measurement searched(final String device, final long sessions, final int round, final double fps) {
        return Measurement.at(new Point(Point.Kind.THROUGHPUT, device, "64", sessions, 0, round))
                .put(Figure.LOSS_FREE_FPS, fps)
                .build();
    }

    private static Measurement rung(final int thousands, final int round, final double fps, final double lost) {
        return Measurement.at(new Point(Point.Kind.LADDER, "portolan", "64", 1_000, thousands, round))
                .put(Figure.DELIVERED_FPS, fps)
                .put(Figure.LOST_FRAMES, lost)
                .build();
    }

    @Test
    void shouldBeTheMedianOfWhatSearchesFoundForTheSameDeviceFramesAndSessions() {
        assertThat(Throughput.found(
                        List.of(
                                searched("portolan", 1_000, 1, 500_000),
                                searched("portolan", 1_000, 2, 10),
                                searched("portolan", 1_000, 3, 600_000),
                                searched("nftables", 1_000, 1, 900_000),
                                searched("portolan", 64_512, 1, 900_000)),
                        LATENCY))
                .isEqualTo(500_000);
    }

    @Test
    void shouldBeTheMeanOfTheMiddleTwoOfAnEvenNumberOfSearches() {
        assertThat(Throughput.found(
                        List.of(searched("portolan", 1_000, 1, 500_000), searched("portolan", 1_000, 2, 600_000)),
                        LATENCY))
                .isEqualTo(550_000);
    }

    @Test
    void shouldBeTheHighestRungThatWasWholeInMostRoundsWhereNothingWasSearched() {
        assertThat(Throughput.found(
                        List.of(
                                rung(100, 1, 100_000, 0),
                                rung(200, 1, 199_000, 0),
                                rung(200, 2, 200_000, 0),
                                rung(200, 3, 150_000, 9),
                                rung(400, 1, 400_000, 0),
                                rung(400, 2, 390_000, 5),
                                rung(0, 1, 700_000, 80_000)),
                        LATENCY))
                .isEqualTo(199_000);
    }

    @Test
    void shouldBeNoneWhereNothingPassedWhole() {
        assertThat(Throughput.found(List.of(rung(100, 1, 90_000, 9)), LATENCY)).isZero();
        assertThat(Throughput.found(List.of(), LATENCY)).isZero();
    }
}
