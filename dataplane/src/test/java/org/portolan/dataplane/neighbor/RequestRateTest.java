package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestRateTest {
    private static final long START_MS = 1_000_000;

    /** How many of a kind go out at one moment until no more do. */
    private static int drain(final RequestRate rate, final int kind, final long nowMs) {
        int sent = 0;
        // A host of its own asks for each.
        while (rate.isAllowed(kind, sent, 1, nowMs)) {
            rate.onSent(kind, sent, 1);
            sent++;
        }
        return sent;
    }

    @Test
    void shouldLeaveEachKindItsReserveWhateverTheOthersWant() {
        final RequestRate rate = new RequestRate(500);

        assertThat(drain(rate, RequestRate.IDLE_PROBE, START_MS)).isEqualTo(500 - 250 - 125);
        assertThat(drain(rate, RequestRate.WANTED_PROBE, START_MS)).isEqualTo(125);
        assertThat(drain(rate, RequestRate.LOOKUP, START_MS)).isEqualTo(250);
    }

    @Test
    void shouldLeaveProbesTheirReserveUnderAFloodOfLookups() {
        final RequestRate rate = new RequestRate(500);

        assertThat(drain(rate, RequestRate.LOOKUP, START_MS)).isEqualTo(500 - 125 - 50);
        assertThat(drain(rate, RequestRate.IDLE_PROBE, START_MS)).isEqualTo(50);
        assertThat(drain(rate, RequestRate.WANTED_PROBE, START_MS)).isEqualTo(125);
    }

    @Test
    void shouldNeverAllowMoreThanTheRateHoweverSmallItIs() {
        for (int most = 1; most <= 20; most++) {
            final RequestRate rate = new RequestRate(most);
            int sent = 0;
            for (int kind = RequestRate.LOOKUP; kind <= RequestRate.IDLE_PROBE; kind++) {
                sent += drain(rate, kind, START_MS);
            }
            assertThat(sent).isEqualTo(most);
        }
    }

    @Test
    void shouldAllowAsManyAgainInTheNextSecondAndSayWhenThatIs() {
        final RequestRate rate = new RequestRate(5);
        final int first = drain(rate, RequestRate.LOOKUP, START_MS);

        assertThat(rate.nextMs()).isEqualTo(START_MS + 1_000);
        assertThat(rate.isAllowed(RequestRate.LOOKUP, 0, 1, START_MS + 999)).isFalse();
        assertThat(drain(rate, RequestRate.LOOKUP, START_MS + 1_000)).isEqualTo(first);
    }
}
