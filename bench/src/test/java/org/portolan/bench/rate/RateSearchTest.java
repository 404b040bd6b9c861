package org.portolan.bench.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateSearchTest {
    private static final double SECONDS = 2;
    private static final long FASTEST = 500_000;

    private final List<Long> asked = new ArrayList<>();

    /**
     * A device that carries {@code capacity} frames a second and drops the rest, behind a generator that gives half a
     * million.
     */
    private Rig.Trial trial(final long perSecond, final long capacity) {
        asked.add(perSecond);
        final long offered = perSecond == 0 ? FASTEST : perSecond;
        return new Rig.Trial(
                new Generator.Sent((long) (offered * SECONDS), SECONDS),
                (long) (Math.min(offered, capacity) * SECONDS),
                new Rig.Cpu(3, 1, 0.5));
    }

    private RateSearch.Result search(final long capacity) {
        return RateSearch.run(perSecond -> trial(perSecond, capacity));
    }

    @Test
    void shouldComeWithinAStepOfTheCapacityFromBelow() {
        for (long capacity = RateSearch.FROM; capacity < FASTEST; capacity += 33_333) {
            final RateSearch.Result result = search(capacity);
            assertThat(result.best().isLossFree()).isTrue();
            assertThat(result.perSecond()).isBetween((double) capacity - RateSearch.STEP, (double) capacity);
            assertThat(result.flatOut().deliveredPerSecond()).isCloseTo(capacity, within(1.0));
        }
    }

    @Test
    void shouldAskOnceWhenAllPassesFlatOut() {
        assertThat(search(FASTEST).perSecond()).isEqualTo(FASTEST);
        assertThat(asked).containsExactly(0L);
    }

    @Test
    void shouldCallNoRateLossFreeThatLostFrames() {
        final RateSearch.Result result = search(RateSearch.FROM - 1);
        assertThat(result.perSecond()).isZero();
        assertThat(asked).containsExactly(0L, RateSearch.FROM);
    }

    @Test
    void shouldGiveCpuTimeForAMillionDeliveredFrames() {
        assertThat(search(FASTEST).toString())
                .contains("loss-free   500,000/s")
                .contains("CPU s a million: machine 3.00, softirq 1.00, router process 0.50");
    }
}
