package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.wire.Arp;

/** Hosts that sweep a wide subnet, and the lookups of others beside them. */
class NeighborFairnessTest {
    private static final int SUBNET = 0x0A090000;
    private static final int OWN = SUBNET + 1;
    private static final int SWEEPER = 0xC0A80166;
    private static final int OTHERS = 0xC0A80101;

    /** Hosts that are there; all others of the /16 are absent. */
    private static final int LIVE = SUBNET + 60_000;

    private final Wire wire = new Wire(NeighborLimits.defaults(), OWN, 16);
    private int swept;

    @AfterEach
    void free() {
        wire.close();
    }

    /** Lets 100 ms pass in which each sweeper asks for 1,000 absent hosts; who is there answers. */
    private void step(final int sweepers) {
        for (int i = 0; i < 1_000; i++) {
            for (int sweeper = 0; sweeper < sweepers; sweeper++) {
                wire.query(SUBNET + 2 + swept++ % 50_000, SWEEPER + sweeper);
            }
        }
        wire.pass(100);
        answer();
    }

    private void answer() {
        for (final int asked : wire.takeAsked()) {
            if (asked >= LIVE) {
                wire.hears(HOST_MAC + asked, Arp.REPLY, HOST_MAC + asked, asked, OWN_MAC, OWN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    void shouldAnswerTheLookupsOfOthersAtOnceBesideASweep(final int sweepers) {
        for (int second = 0; second < 20; second++) {
            for (int tenth = 0; tenth < 10; tenth++) {
                step(sweepers);
            }
            for (int other = 0; other < 10; other++) {
                final int wanted = LIVE + 10 * second + other;
                wire.query(wanted, OTHERS + other);
                answer();
                assertThat(wire.seen(wanted)).as("after %d s", second).startsWith("reachable");
            }
        }
        assertThat(wire.counted(NeighborCounter.LIMITED_ASKERS)).isPositive();
        assertThat(wire.counted(NeighborCounter.LIMITED_LOOKUPS)).isZero();
        assertThat(wire.counted(NeighborCounter.REQUESTS_SENT)).isLessThanOrEqualTo(22 * 500);
    }

    /** The first lookup of another host comes in the very moment in which the sweep has taken its share. */
    @Test
    void shouldServeAnotherHostInTheSecondInWhichTheSweepBegan() {
        for (int i = 0; i < 5_000; i++) {
            wire.query(SUBNET + 2 + i, SWEEPER);
        }
        assertThat(wire.counted(NeighborCounter.REQUESTS_SENT)).isBetween(150L, 250L);
        for (int other = 0; other < 10; other++) {
            wire.query(LIVE + other, OTHERS);
        }
        answer();
        for (int other = 0; other < 10; other++) {
            assertThat(wire.seen(LIVE + other)).startsWith("reachable");
        }
    }

    /** A live host that the sweep asked for first, and whose question waits in the sweep's queue. */
    @Test
    void shouldTakeALookupOverFromTheSweepForTheHostThatWantsIt() {
        for (int i = 0; i < 400; i++) {
            wire.query(SUBNET + 2 + i, SWEEPER);
        }
        wire.query(LIVE, SWEEPER);
        answer();
        assertThat(wire.seen(LIVE)).as("its request waits").isEqualTo("incomplete");
        wire.query(LIVE, OTHERS);
        answer();

        assertThat(wire.seen(LIVE)).startsWith("reachable");
    }

    @Test
    void shouldGiveASweepNoMoreThanHalfOfTheRoomAndSayWhoItIs() {
        for (int i = 0; i < 5_000; i++) {
            wire.query(SUBNET + 2 + i, SWEEPER);
        }
        assertThat(wire.machine.size()).isBetween(512, 514);
        assertThat(wire.limited).containsExactly("LIMITED_ASKERS 10.9.2.3 by 192.168.1.102");
        for (int tenth = 0; tenth < 600; tenth++) {
            step(1);
            assertThat(wire.machine.size()).isLessThanOrEqualTo(1_024);
        }
        assertThat(wire.limited).as("once in ten seconds").hasSizeBetween(6, 7);
    }

    @Test
    void shouldLetASingleHostThatAsksForLiveOnesHaveThemAll() {
        final Set<Integer> found = new HashSet<>();
        for (int second = 0; second < 5 && found.size() < 500; second++) {
            for (int i = 0; i < 500; i++) {
                wire.query(LIVE + i, SWEEPER);
                answer();
                if (wire.seen(LIVE + i).startsWith("reachable")) {
                    found.add(i);
                }
            }
            wire.pass(1_000);
            answer();
        }
        assertThat(found).hasSize(500);
    }

    /** An entry in use whose MAC fell silent asks for itself, and waits behind nobody's sweep. */
    @Test
    void shouldAskForWhatIsInUseBesideASweep() {
        wire.query(LIVE, SWEEPER);
        answer();
        long usable = 0;
        for (int tenth = 0; tenth < 1_800; tenth++) {
            wire.uses(LIVE);
            step(1);
            usable += NeighborTable.isUsable(wire.table.lookup(LIVE)) ? 1 : 0;
        }
        assertThat(usable).isEqualTo(1_800);
    }

    @Test
    void shouldSayThatTheTableIsFull() {
        try (Wire small = new Wire(new NeighborLimits(4, 4, 4, 500))) {
            for (int i = 0; i < 5; i++) {
                small.query(Wire.HOST + i);
                small.hearsReply(HOST_MAC + i, Wire.HOST + i);
            }
            assertThat(small.limited).hasSize(1).first().asString().startsWith("LIMITED_ENTRIES 192.168.1.24 by ");
        }
    }
}
