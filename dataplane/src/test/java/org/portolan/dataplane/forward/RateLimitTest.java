package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private static int allowed(final RateLimit limit, final long fromNs, final long toNs, final long stepNs) {
        int allowed = 0;
        for (long now = fromNs; now < toNs; now += stepNs) {
            allowed += limit.allow(now) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void shouldAllowABurstAndThenTheRate() {
        final RateLimit limit = new RateLimit(100, 10);

        assertThat(allowed(limit, 0, 50, 1)).isEqualTo(10);
        assertThat(limit.allow(SECOND_NS / 100 - 1)).isFalse();
        assertThat(limit.allow(SECOND_NS / 100)).isTrue();
        assertThat(allowed(limit, SECOND_NS / 100, 10 * SECOND_NS + SECOND_NS / 100, 100_000))
                .isBetween(998, 1000);
    }

    @Test
    void shouldSaveNoMoreThanTheBurst() {
        final RateLimit limit = new RateLimit(10, 3);
        allowed(limit, 0, 10, 1);

        assertThat(allowed(limit, 3_600 * SECOND_NS, 3_600 * SECOND_NS + 100, 1))
                .isEqualTo(3);
    }

    @Test
    void shouldNotMindWhereTheClockStarts() {
        for (final long start : new long[] {Long.MIN_VALUE, -5, 0, Long.MAX_VALUE - 2}) {
            final RateLimit limit = new RateLimit(1, 2);
            assertThat(limit.allow(start)).isTrue();
            assertThat(limit.allow(start + 1)).isTrue();
            assertThat(limit.allow(start + 2)).isFalse();
            assertThat(limit.allow(start + SECOND_NS)).isTrue();
        }
    }

    @Test
    void shouldAllowNothingAtRateZero() {
        assertThat(allowed(new RateLimit(0, 100), 0, 10 * SECOND_NS, SECOND_NS / 10))
                .isZero();
    }

    @Test
    void shouldRefuseValuesOutOfRange() {
        assertThatThrownBy(() -> new RateLimit(-1, 1)).hasMessageContaining("rate -1");
        assertThatThrownBy(() -> new RateLimit(1, 0)).hasMessageContaining("burst 0");
        assertThatThrownBy(() -> new RateLimit(1_000_001, 1)).hasMessageContaining("1000000");
    }
}
