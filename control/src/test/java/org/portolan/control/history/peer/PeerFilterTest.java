package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;

/** What a router takes of a peer's table: random tables of a small world. {@code -Dportolan.filter.seed=SEED}. */
final class PeerFilterTest {
    private static final long SEED = Long.getLong("portolan.filter.seed", System.nanoTime());
    private static final int ROUNDS = 200_000;
    private static final String US = "edge-1";
    private static final String[] ROUTERS = {US, "edge-2", "edge-3"};
    private static final BindingKey KEY = Scribble.key(1);
    private static final long NOW_S = Scribble.BEGIN_S;
    private static final long NOW = NOW_S * 1_000_000;
    private static final long DAY = 86_400_000_000L;

    /** An hour ago. */
    private static final long BORN = NOW - DAY / 24;

    /** Before and after the repository was begun, now, and about the greatest that is taken. */
    private static final long[] COUNTS = {1, 999, BORN - 1, BORN, BORN + 1, NOW, NOW + DAY, NOW + DAY + 1};

    private final Random random = new Random(SEED);

    private Stamp stamp() {
        return new Stamp(COUNTS[random.nextInt(COUNTS.length)], ROUTERS[random.nextInt(ROUTERS.length)]);
    }

    private Binding binding() {
        final State state = State.values()[random.nextInt(3)];
        final Observation seen = new Observation(
                state,
                Scribble.mac(1 + random.nextInt(2)),
                NOW_S - random.nextInt(2),
                NOW_S,
                state == State.LIVE ? 0 : NOW_S,
                "answered",
                "lan",
                stamp());
        final Pin pin =
                new Pin(random.nextInt(3) == 0 ? 0 : Scribble.mac(1 + random.nextInt(2)), "root", NOW_S, stamp());
        return switch (random.nextInt(3)) {
            case 0 -> new Binding(seen, null);
            case 1 -> new Binding(null, pin);
            default -> new Binding(seen, pin);
        };
    }

    private static Binding join(final Binding ours, final Binding taken) {
        return ours == null ? taken : taken == null ? ours : Binding.join(ours, taken);
    }

    private static PeerFilter filter(final Map<BindingKey, Pin> pins) {
        return new PeerFilter(US, BORN, pins, NOW_S, NOW_S - 30 * 86_400, true);
    }

    @Test
    void shouldNeverLetAPeerChangeWhatIsOurs() {
        System.out.printf("filter: seed %d%n", SEED);
        int leftOut = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final Binding ours = random.nextInt(4) == 0 ? null : binding();
            final boolean isHeld = ours != null && ours.pinned() != null && random.nextBoolean();
            final Map<BindingKey, Pin> pins = isHeld ? Map.of(KEY, ours.pinned()) : Map.of();
            final Binding theirs = binding();
            final PeerFilter filter = filter(pins);
            final Binding taken = filter.admit(KEY, ours, theirs);
            final Binding joined = join(ours, taken);
            final String name = "seed %d, round %d: %s and %s".formatted(SEED, round, ours, theirs);

            leftOut += filter.leftOut();
            assertThat(taken == theirs || taken == null || !taken.equals(theirs))
                    .as("itself when all of it is taken, %s", name)
                    .isTrue();
            if (isHeld) {
                assertThat(joined.pinned()).as(name).isEqualTo(ours.pinned());
            } else if (joined != null
                    && joined.isStatic()
                    && joined.pinned().stamp().router().equals(US)) {
                assertThat(joined.pinned()).as(name).isEqualTo(ours.pinned());
            }
            if (joined != null && (ours == null || !joined.equals(ours))) {
                assertNothingAhead(joined, ours, name);
            }
            assertThat(joined == null ? null : join(joined, filter(pins).admit(KEY, joined, theirs)))
                    .as("once is enough, %s", name)
                    .isEqualTo(joined);
        }
        assertThat(leftOut).isGreaterThan(ROUNDS / 10);
    }

    private static void assertNothingAhead(final Binding joined, final Binding ours, final String name) {
        if (joined.observed() != null && (ours == null || !joined.observed().equals(ours.observed()))) {
            assertThat(joined.observed().stamp().count()).as(name).isLessThanOrEqualTo(NOW + DAY);
        }
        if (joined.pinned() != null && (ours == null || !joined.pinned().equals(ours.pinned()))) {
            assertThat(joined.pinned().stamp().count()).as(name).isLessThanOrEqualTo(NOW + DAY);
        }
    }

    /** Where nobody forges and no clock is far ahead, all of it is taken: the join is the join. */
    @Test
    void shouldTakeAllThatOtherRoutersSayUnderTheirOwnNames() {
        for (int round = 0; round < ROUNDS / 10; round++) {
            final Binding theirs = binding();
            final boolean isSound = isSound(
                            theirs.observed() == null ? null : theirs.observed().stamp())
                    && isSound(theirs.pinned() == null ? null : theirs.pinned().stamp());
            if (isSound) {
                assertThat(filter(Map.of()).admit(KEY, random.nextBoolean() ? null : binding(), theirs))
                        .isSameAs(theirs);
            }
        }
    }

    private static boolean isSound(final Stamp stamp) {
        return stamp == null || !stamp.router().equals(US) && stamp.count() <= NOW + DAY;
    }

    private static Binding live(final int mac, final long count) {
        return new Binding(
                new Observation(
                        State.LIVE, Scribble.mac(mac), NOW_S, NOW_S, 0, "answered", "lan", new Stamp(count, US)),
                null);
    }

    @Test
    void shouldTellARecordOfOursFromAnotherUnderTheSameStamp() {
        final Binding ours = live(1, NOW);
        assertThat(filter(Map.of()).admit(KEY, ours, live(2, NOW))).isEqualTo(ours);
        final Binding expired = new Binding(ours.observed().expired(NOW_S, NOW_S, "silent"), null);
        assertThat(filter(Map.of()).admit(KEY, ours, expired)).isSameAs(expired);
        final Binding other = new Binding(live(2, NOW).observed().expired(NOW_S, NOW_S, "silent"), null);
        assertThat(filter(Map.of()).admit(KEY, ours, other)).isEqualTo(ours);
        final Binding flushed =
                new Binding(ours.observed().flushed(NOW_S, NOW_S, "operator", new Stamp(NOW, US)), null);
        assertThat(filter(Map.of()).admit(KEY, ours, flushed)).isEqualTo(ours);
    }

    /** A peer that was away for longer than tombstones are kept still has what is forgotten here. */
    @Test
    void shouldTakeAnOldRecordOfOursThatMayHaveBeenCollectedHere() {
        final PeerFilter filter = new PeerFilter(US, 1, Map.of(), NOW_S, NOW_S - 30 * 86_400, true);
        final Binding old = live(1, NOW - 31 * DAY);
        assertThat(filter.admit(KEY, null, old)).isSameAs(old);
        assertThat(filter.admit(KEY, null, live(1, NOW - 29 * DAY))).isNull();
        assertThat(filter.admit(KEY, live(1, NOW - 40 * DAY), old))
                .as("it is known here, and older")
                .isEqualTo(live(1, NOW - 40 * DAY));
        assertThat(filter.leftOut()).isEqualTo(2);
    }

    /** It would never be collected. */
    @Test
    void shouldLeaveOutAnExpiryThatIsFarAhead() {
        final Binding ours = live(1, NOW);
        final Binding never = new Binding(ours.observed().expired(NOW_S, NOW_S + 86_401, "silent"), null);
        assertThat(filter(Map.of()).admit(KEY, ours, never)).isEqualTo(ours);
    }

    /** Times are labels, and yet a year of four digits that never comes would be shown for good. */
    @Test
    void shouldLeaveOutTimesThatAreFarAhead() {
        final Binding tomorrow = new Binding(
                new Observation(
                        State.LIVE,
                        Scribble.mac(1),
                        NOW_S,
                        NOW_S + 86_401,
                        0,
                        "answered",
                        "lan",
                        new Stamp(5, "edge-2")),
                null);
        final PeerFilter filter = filter(Map.of());
        assertThat(filter.dueS()).as("none waits").isEqualTo(Long.MAX_VALUE);
        assertThat(filter.admit(KEY, null, tomorrow)).isNull();
        assertThat(filter.isAnyEarly()).isTrue();
        assertThat(filter.dueS()).isEqualTo(NOW_S + 1);
        assertThat(filter.first()).contains("2025-11-25T16:00:01Z").contains("check the clock of router edge-2");
    }
}
