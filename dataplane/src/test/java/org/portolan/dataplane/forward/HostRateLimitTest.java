package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostRateLimitTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int HOST = 0xC0A80114;

    private final HostRateLimit limit = new HostRateLimit(10, 10, 100, 50, 7);

    private int allowed(final int host, final int times, final long nowNs) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            allowed += limit.allow(host, nowNs) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void shouldGiveAHostItsBurstAndItsRateInBothOfItsPlaces() {
        assertThat(allowed(HOST, 1_000, 0)).isEqualTo(20);
        assertThat(allowed(HOST, 1_000, SECOND_NS / 2)).isEqualTo(10);
    }

    /** Whatever the secret, and so whatever two places a host shares with others. */
    @Test
    void shouldTakeNothingFromAnotherHost() {
        int silenced = 0;
        for (int secret = 0; secret < 1_000; secret++) {
            final HostRateLimit each = new HostRateLimit(10, 10, 100, 50, secret);
            for (int i = 0; i < 100; i++) {
                each.allow(HOST, 0);
            }
            silenced += each.allow(HOST + 1, 0) ? 0 : 1;
        }
        assertThat(silenced).as("hosts that share both places with a flood").isZero();
    }

    @Test
    void shouldAllowAHostThatAsksSeldomThoughTheTotalIsUsedUp() {
        for (int host = 0; host < 200; host++) {
            allowed(HOST + 1_000 + host, 20, 0);
        }
        assertThat(limit.allow(HOST, 0)).isTrue();
        assertThat(allowed(HOST + 1_000, 20, 0)).as("the total is used up").isZero();
    }

    @Test
    void shouldBoundWhatAllHostsTogetherGet() {
        int allowed = 0;
        for (int host = 0; host < 100_000; host++) {
            allowed += limit.allow(host, 0) ? 1 : 0;
        }
        assertThat(allowed).isBetween(50, 50 + HostRateLimit.BUCKETS);
        for (int ms = 1; ms <= 1_000; ms++) {
            for (int host = 0; host < 100; host++) {
                allowed += limit.allow(100 * ms + host, ms * SECOND_NS / 1_000) ? 1 : 0;
            }
        }
        assertThat(allowed)
                .as("at once and over the next second, each host asking once")
                .isLessThanOrEqualTo(50 + HostRateLimit.BUCKETS + 100 + HostRateLimit.BUCKETS);
    }

    @Test
    void shouldSpreadHostsOverAllPlacesWhateverTheirOrder() {
        final HostRateLimit each = new HostRateLimit(1, 1, 1, 1, 99);
        int fresh = 0;
        for (int host = 0; host < 100; host++) {
            fresh += each.allow(host << 24 | 1, 0) ? 1 : 0;
        }
        assertThat(fresh).as("first answers of a hundred hosts").isGreaterThan(85);
    }
}
