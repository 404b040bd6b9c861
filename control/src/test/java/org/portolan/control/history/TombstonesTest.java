package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;

class TombstonesTest {
    private static final long NOW_S = 1_764_000_000L;

    private static BindingKey key(final int host) {
        return new BindingKey(0, "office", 0xC0A8_0100 + host);
    }

    private static Binding ended(final long atS) {
        return new Binding(new Observation(State.EXPIRED, 1, 1, 1, atS, "silent", "lan", new Stamp(1, "edge-1")), null);
    }

    @Test
    void shouldForgetWhatEndedBeforeTheHorizonAndTakeNoneOfIt() {
        final long horizonS = NOW_S - Tombstones.HORIZON_S;
        final Map<BindingKey, Binding> table = Map.of(key(1), ended(horizonS - 1), key(2), ended(horizonS));
        final Tombstones tombstones = new Tombstones(table, NOW_S);
        assertThat(tombstones.due()).containsExactly(key(1));
        assertThat(tombstones.wouldBeDue(key(3), ended(horizonS - 1))).isTrue();
        assertThat(tombstones.wouldBeDue(key(3), ended(horizonS))).isFalse();
        assertThat(tombstones.wouldBeDue(
                        key(3),
                        new Binding(
                                new Observation(State.LIVE, 1, 1, 1, 0, "answered", "lan", new Stamp(1, "edge-2")),
                                null)))
                .isFalse();
    }

    /** What a clock that read 1970 dated is no older than what was seen before, or than the stamps say. */
    @Test
    void shouldKeepWhatEndedWhileTheClockWasBehind() {
        final long micros = 1_000_000;
        final Binding seenLater = new Binding(
                new Observation(State.EXPIRED, 1, 1, NOW_S - 60, 100, "silent", "lan", new Stamp(7, "edge-1")), null);
        final Binding stampedLater = new Binding(
                new Observation(
                        State.FLUSHED, 1, 1, 90, 100, "flushed", "lan", new Stamp((NOW_S - 60) * micros, "edge-1")),
                null);
        final Binding unpinned = new Binding(null, new Pin(0, "root", 100, new Stamp(NOW_S * micros, "edge-1")));
        final Binding neverDated = ended(100);
        final List<Binding> all = List.of(seenLater, stampedLater, unpinned, neverDated);
        final Map<BindingKey, Binding> table = new HashMap<>();
        all.forEach(each -> table.put(key(table.size()), each));
        final Tombstones tombstones = new Tombstones(table, NOW_S);
        assertThat(tombstones.due()).isEmpty();
        assertThat(all).noneMatch(tombstones::isOld).noneMatch(each -> tombstones.wouldBeDue(key(9), each));
        assertThat(new Tombstones(table, NOW_S, 3).due())
                .as("the one that nothing dates")
                .containsExactly(key(3));
        assertThat(new Tombstones(table, NOW_S + 2 * Tombstones.HORIZON_S).due())
                .containsExactlyInAnyOrder(key(0), key(1), key(2));
    }

    /** With too many each router forgets the oldest, and none is given back what it forgot, ties included. */
    @Test
    void shouldComeToRestWithMoreThanItsMost() {
        final Random random = new Random(7);
        final Map<BindingKey, Binding> all = new HashMap<>();
        for (int host = 0; host < 60; host++) {
            all.put(key(host), ended(NOW_S - random.nextInt(4)));
        }
        final List<Map<BindingKey, Binding>> routers = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
        all.forEach((key, binding) -> routers.get(random.nextInt(3)).put(key, binding));
        int lastTaken = 0;
        for (int round = 0; round < 30; round++) {
            for (final Map<BindingKey, Binding> to : routers) {
                for (final Map<BindingKey, Binding> from : routers) {
                    lastTaken = meet(to, from) > 0 ? round : lastTaken;
                }
            }
            // One after the other, each at its hour.
            final Map<BindingKey, Binding> forgets = routers.get(round % 3);
            new Tombstones(forgets, NOW_S, 20).due().forEach(forgets::remove);
        }
        assertThat(lastTaken)
                .as("the last round in which one took from another")
                .isLessThan(4);
        assertThat(routers.get(0)).hasSize(20).isEqualTo(routers.get(1)).isEqualTo(routers.get(2));
        final TreeSet<Long> kept = new TreeSet<>();
        routers.get(0).values().forEach(each -> kept.add(each.endedS()));
        assertThat(kept.last()).isEqualTo(NOW_S);
    }

    private static int meet(final Map<BindingKey, Binding> to, final Map<BindingKey, Binding> from) {
        final Tombstones tombstones = new Tombstones(Map.copyOf(to), NOW_S, 20);
        int taken = 0;
        for (final Map.Entry<BindingKey, Binding> each : from.entrySet()) {
            if (!to.containsKey(each.getKey()) && !tombstones.wouldBeDue(each.getKey(), each.getValue())) {
                to.put(each.getKey(), each.getValue());
                taken++;
            }
        }
        return taken;
    }
}
