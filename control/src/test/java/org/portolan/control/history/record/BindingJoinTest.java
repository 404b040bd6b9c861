package org.portolan.control.history.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.portolan.control.history.record.Observation.State;

/** The merge laws (ARP-HISTORY point 6) on single bindings; on whole repositories they are in the store's tests. */
class BindingJoinTest {
    private static final long OLD = 0x0250_0000_0001L;
    private static final long NEW = 0x0250_0000_0002L;
    private static final int TRIES = 200_000;

    @Test
    void shouldBeCommutativeAssociativeAndIdempotent() {
        final RandomBindings random = new RandomBindings(20261124);
        for (int i = 0; i < TRIES; i++) {
            final Binding a = random.binding();
            final Binding b = random.binding();
            final Binding c = random.binding();
            assertThat(Binding.join(a, b)).isEqualTo(Binding.join(b, a));
            assertThat(Binding.join(Binding.join(a, b), c)).isEqualTo(Binding.join(a, Binding.join(b, c)));
            assertThat(Binding.join(a, a)).isEqualTo(a);
        }
    }

    @Test
    void shouldLetTheLaterObservationWinWhateverTheWallClockSays() {
        final Binding early = seen(live(OLD, 5, "b", 2_000_000_000L));
        final Binding late = seen(live(NEW, 6, "a", 1_000_000_000L));
        assertThat(Binding.join(early, late).mac()).isEqualTo(NEW);
    }

    @Test
    void shouldLetAnExpiryEndTheObservationThatItKnew() {
        final Observation observed = live(OLD, 5, "a", 1_000);
        final Observation over = observed.expired(1_100, 1_200, "silent");
        assertThat(Binding.join(seen(observed), seen(over)).mac()).isZero();
        assertThat(over.stamp()).isEqualTo(observed.stamp());
    }

    @Test
    void shouldLetARefreshBeatTheExpiryOfWhatItRefreshed() {
        final Observation observed = live(OLD, 5, "a", 1_000);
        final Observation over = observed.expired(1_100, 9_999, "silent");
        final Observation refreshed = observed.seen(1_150, new Stamp(6, "b"));
        assertThat(Binding.join(seen(over), seen(refreshed)).mac()).isEqualTo(OLD);
    }

    @Test
    void shouldLetAFlushBeatOlderRefreshesAndLoseToLaterOnes() {
        final Observation refreshed = live(OLD, 6, "b", 1_000);
        final Observation flushed = live(OLD, 5, "a", 900).flushed(900, 1_000, "flushed", new Stamp(7, "a"));
        assertThat(Binding.join(seen(refreshed), seen(flushed)).mac()).isZero();
        assertThat(Binding.join(seen(flushed), seen(live(OLD, 8, "b", 1_000))).mac())
                .isEqualTo(OLD);
    }

    @Test
    void shouldLetAFlushWinAtOneStampCount() {
        final Observation refreshed = live(OLD, 7, "z", 1_000);
        final Observation flushed = live(OLD, 5, "a", 900).flushed(900, 1_000, "flushed", new Stamp(7, "a"));
        assertThat(Binding.join(seen(refreshed), seen(flushed)).observed().state())
                .isEqualTo(State.FLUSHED);
    }

    @Test
    void shouldLetStaticBeatDynamicWhateverTheStamps() {
        final Binding fixed = new Binding(null, new Pin(OLD, "root", 1_000, new Stamp(2, "a")));
        final Binding joined = Binding.join(fixed, seen(live(NEW, 900, "b", 2_000)));
        assertThat(joined.mac()).isEqualTo(OLD);
        assertThat(joined.state()).isEqualTo("static");
    }

    @Test
    void shouldComeBackToTheObservationWhenThePinIsRemoved() {
        final Pin pin = new Pin(OLD, "root", 1_000, new Stamp(2, "a"));
        final Pin gone = new Pin(0, "root", 1_100, new Stamp(3, "a"));
        final Binding joined = Binding.join(new Binding(live(NEW, 1, "b", 900), pin), new Binding(null, gone));
        assertThat(joined.mac()).isEqualTo(NEW);
    }

    @Test
    void shouldBreakTheLastTieByTheMac() {
        final Binding one = seen(live(OLD, 5, "a", 1_000));
        final Binding other = seen(live(NEW, 5, "a", 1_000));
        assertThat(Binding.join(one, other)).isEqualTo(Binding.join(other, one));
        assertThat(Binding.join(one, other).mac()).isEqualTo(NEW);
    }

    private static Observation live(final long mac, final long count, final String router, final long atS) {
        return new Observation(State.LIVE, mac, atS, atS, 0, "answered", "lan", new Stamp(count, router));
    }

    private static Binding seen(final Observation observation) {
        return new Binding(observation, null);
    }
}
