package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ethernet;

/** Two hosts with one address: HOST_MAC came first, OTHER_MAC announces that the address is its own. */
class NeighborContestTest {
    private Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    private void set(final Contested contested) {
        wire.close();
        wire = new Wire(contested);
    }

    /** Lets a second pass with one announcement of each of these; each that answers does so. */
    private void second(final Set<Long> announcing, final Set<Long> answering) {
        for (final long mac : announcing) {
            wire.hearsRequest(mac, HOST, HOST);
        }
        for (int tenth = 0; tenth < 10; tenth++) {
            for (final String frame : wire.takeFrames()) {
                for (final long mac : answering) {
                    if (frame.startsWith(Ethernet.describeMac(Ethernet.BROADCAST))
                            || frame.startsWith(Ethernet.describeMac(mac))) {
                        wire.hearsReply(mac, HOST);
                    }
                }
            }
            wire.pass(100);
        }
    }

    private long contestedBy() {
        final long[] contested = new long[1];
        wire.machine.snapshot(wire.nowMs, (address, mac, state, ageMs, lastUsedS, other) -> contested[0] = other);
        return contested[0];
    }

    @Test
    void shouldKeepWhatIsHeldAndMarkAndReportItWhenBothAnswer() {
        wire.resolveHost();
        for (int i = 0; i < 120; i++) {
            second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));
            assertThat(wire.seen(HOST)).endsWith(" 02:50:2a:16:6d:14");
        }
        assertThat(contestedBy()).isEqualTo(OTHER_MAC);
        assertThat(wire.disputes)
                .as("at once, when both answered, and once a minute")
                .containsExactly(
                        "192.168.1.20 14, not 99", "192.168.1.20 14, not 99, both", "192.168.1.20 14, not 99, both");
        assertThat(wire.takeChanges()).contains("disputed 192.168.1.20 14 > 99, contested");
    }

    @Test
    void shouldGiveTheAddressToTheNewestWhenBothAnswerAndItIsSetSo() {
        set(Contested.NEWEST);
        wire.resolveHost();
        second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));
        assertThat(wire.seen(HOST)).as("the first claim is refused").endsWith(" 02:50:2a:16:6d:14");
        second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(contestedBy()).isEqualTo(HOST_MAC);
        assertThat(wire.disputes).containsExactly("192.168.1.20 14, not 99", "192.168.1.20 99, not 14, both");
        assertThat(wire.takeChanges()).contains("moved 192.168.1.20 14 > 99, contested");
    }

    @Test
    void shouldChangeHandsAtMostOnceInTenSecondsWhenBothAnnounceAllTheTime() {
        set(Contested.NEWEST);
        wire.resolveHost();
        for (int i = 0; i < 120; i++) {
            second(Set.of(i % 2 == 0 ? OTHER_MAC : HOST_MAC), Set.of(HOST_MAC, OTHER_MAC));
        }
        assertThat(wire.counted(NeighborCounter.MOVED)).isBetween(1L, 13L);
    }

    @Test
    void shouldNotMarkAForgerWhoAnnouncesAndDoesNotAnswer() {
        for (final Contested contested : Contested.values()) {
            set(contested);
            wire.resolveHost();
            for (int i = 0; i < 60; i++) {
                second(Set.of(OTHER_MAC), Set.of(HOST_MAC));
                assertThat(wire.seen(HOST)).endsWith(" 02:50:2a:16:6d:14");
            }
            assertThat(contestedBy()).isZero();
            assertThat(wire.disputes).containsExactly("192.168.1.20 14, not 99");
        }
    }

    @Test
    void shouldMoveAtOnceWhenTheHeldOneFallsSilentInTheMiddleOfADispute() {
        wire.resolveHost();
        for (int i = 0; i < 30; i++) {
            second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));
        }
        second(Set.of(OTHER_MAC), Set.of(OTHER_MAC));
        second(Set.of(OTHER_MAC), Set.of(OTHER_MAC));

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
    }

    @Test
    void shouldForgetTheMarkWhenTheOtherAnswersNoMore() {
        wire.resolveHost();
        for (int i = 0; i < 3; i++) {
            second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));
        }
        assertThat(contestedBy()).isEqualTo(OTHER_MAC);
        for (int i = 0; i < 600; i++) {
            second(Set.of(), Set.of(HOST_MAC));
        }
        assertThat(contestedBy()).isZero();
    }

    @Test
    void shouldLetAStaticEntrySettleIt() {
        wire.resolveHost();
        for (int i = 0; i < 3; i++) {
            second(Set.of(OTHER_MAC), Set.of(HOST_MAC, OTHER_MAC));
        }
        wire.machine.addStatic(HOST, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        for (int i = 0; i < 30; i++) {
            second(Set.of(HOST_MAC), Set.of(HOST_MAC, OTHER_MAC));
        }
        assertThat(wire.seen(HOST)).isEqualTo("static 02:50:2a:16:6d:99");
        assertThat(contestedBy()).isZero();
    }

    /** Two that answer the very first question: as good a sign as an announcement. */
    @Test
    void shouldReportASecondAnswerToALookup() {
        wire.query(HOST);
        wire.hearsReply(HOST_MAC, HOST);
        wire.hearsReply(OTHER_MAC, HOST);
        second(Set.of(), Set.of(HOST_MAC, OTHER_MAC));

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.disputes).first().isEqualTo("192.168.1.20 14, not 99");
    }
}
