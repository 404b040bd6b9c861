package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Against devices of arithmetic: their limits are known, so what a search finds can be judged. */
class ThroughputSearchTest {
    private static final long GENERATOR = 1_000_000;

    private final List<Long> asked = new ArrayList<>();

    /** @param delivered frames a second, by frames a second offered */
    private ThroughputSearch.Found search(final LongUnaryOperator delivered) {
        return ThroughputSearch.run(rate -> {
            asked.add(rate);
            final long offered = rate == 0 ? GENERATOR : Math.min(rate, GENERATOR);
            return trial(rate, offered, delivered.applyAsLong(offered));
        });
    }

    private static Trial trial(final long rate, final long offered, final long delivered) {
        return new Trial(rate, offered, 1, delivered, 0, 0, 0, Trial.Cpu.NONE);
    }

    @Test
    void shouldTakeWhatTheGeneratorGivesWhenNothingOfItIsLost() {
        final ThroughputSearch.Found found = search(offered -> offered);
        assertThat(found.limitedByGenerator()).isTrue();
        assertThat(found.lossFree().orElseThrow().deliveredPerSecond()).isEqualTo(GENERATOR);
        assertThat(found.trials()).isEqualTo(1);
    }

    @Test
    void shouldFindTheLimitOfADeviceThatPassesUpToItAndNoMore() {
        for (final long limit : new long[] {7_000, 50_000, 333_333, 620_000, 990_000}) {
            final ThroughputSearch.Found found = search(offered -> Math.min(offered, limit));
            assertThat(found.lossFree().orElseThrow().deliveredPerSecond())
                    .isCloseTo(limit, within(limit * ThroughputSearch.RESOLUTION * 1.1))
                    .isLessThanOrEqualTo(limit);
            assertThat(found.flatOut().delivered()).isEqualTo(limit);
        }
    }

    @Test
    void shouldTellTheRateWithoutLossFromTheOneWithLittle() {
        final ThroughputSearch.Found found =
                search(offered -> offered <= 400_000 ? offered : Math.min(offered - offered / 2_000, 600_000));
        assertThat(found.lossFree().orElseThrow().deliveredPerSecond()).isCloseTo(400_000, within(9_000.0));
        assertThat(found.tolerant().orElseThrow().offeredPerSecond()).isCloseTo(600_000, within(13_000.0));
    }

    /** A livelock: beyond its limit the device passes next to nothing. */
    @Test
    void shouldFindTheLimitOfADeviceThatCollapsesBeyondIt() {
        final ThroughputSearch.Found found = search(offered -> offered <= 300_000 ? offered : 10_000);
        assertThat(found.lossFree().orElseThrow().deliveredPerSecond()).isCloseTo(300_000, within(6_600.0));
    }

    @Test
    void shouldFindNothingWhereEvenTheSlowestTrialLoses() {
        final ThroughputSearch.Found found = search(offered -> offered * 9 / 10);
        assertThat(found.lossFree()).isEmpty();
        assertThat(found.tolerant()).isEmpty();
        assertThat(found.flatOut().lossShare()).isCloseTo(0.1, within(0.001));
    }

    @Test
    void shouldTryOnceMoreWhereAMomentOfTheMachineMayHaveLostTheFrames() {
        final Set<Long> stumbled = new HashSet<>();
        final ThroughputSearch.Found found =
                search(offered -> offered > 500_000 ? 500_000 : stumbled.add(offered) ? offered - 50 : offered);
        assertThat(found.lossFree().orElseThrow().deliveredPerSecond()).isCloseTo(500_000, within(11_000.0));
    }

    @Test
    void shouldEndAfterFewTrialsWhateverTheDeviceDoes() {
        final java.util.SplittableRandom random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            asked.clear();
            search(offered -> offered - random.nextLong(offered / 100));
            assertThat(asked).hasSizeLessThan(60);
        }
    }
}
