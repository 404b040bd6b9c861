package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;

/** The life of an entry: asked, answered, aged, probed, let go. */
class NeighborMachineTest {
    private static final String ASK =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String PROBE =
            "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    /** Brings HOST to stale, unused. */
    private void makeStale() {
        wire.resolveHost();
        wire.pass(60_000);
        assertThat(wire.seen(HOST)).isEqualTo("stale 02:50:2a:16:6d:14");
        wire.takeChanges();
        wire.takeFrames();
    }

    @Test
    @DisplayName("RFC 826: a miss asks everybody, the answer is learned")
    void shouldAskAndLearn() {
        wire.query(HOST);

        assertThat(wire.takeFrames()).containsExactly(ASK);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(NeighborTable.isUsable(wire.table.lookup(HOST))).isFalse();

        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges()).containsExactly("learned 192.168.1.20 - > 14, answered");
        assertThat(wire.counted(NeighborCounter.RESOLVED)).isEqualTo(1);
    }

    @Test
    @DisplayName("RFC 1122 2.3.2.1: an address is asked for at most once a second, however often workers miss")
    void shouldAskOnceASecondAndGiveUpAfterThree() {
        wire.query(HOST);
        for (int i = 0; i < 9; i++) {
            wire.query(HOST);
            wire.pass(100);
        }
        assertThat(wire.takeFrames()).containsExactly(ASK);
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(ASK);
        wire.pass(1_000);
        assertThat(wire.takeFrames()).containsExactly(ASK);
        wire.pass(900);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        wire.pass(100);

        assertThat(wire.seen(HOST)).isEqualTo("failed");
        assertThat(NeighborTable.isFailed(wire.table.lookup(HOST))).isTrue();
        assertThat(wire.counted(NeighborCounter.FAILED)).isEqualTo(1);
        assertThat(wire.takeChanges()).isEmpty();
    }

    @Test
    void shouldHoldAnAbsentHostDownThenForgetItThenAskAgain() {
        wire.query(HOST);
        wire.pass(3_000);
        wire.takeFrames();
        wire.query(HOST);
        wire.pass(4_900);
        wire.query(HOST);
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.seen(HOST)).isEqualTo("failed");

        wire.pass(100);

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.machine.size()).isZero();
        wire.query(HOST);
        assertThat(wire.takeFrames()).containsExactly(ASK);
    }

    @Test
    void shouldTakeAnAnswerToTheLastTry() {
        wire.query(HOST);
        wire.pass(2_900);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).startsWith("reachable");
        wire.pass(10_000);
        assertThat(wire.seen(HOST)).startsWith("reachable");
    }

    @Test
    void shouldStayUsableThroughStaleAndNotAskForAnIdleNeighbor() {
        wire.resolveHost();
        wire.pass(59_900);
        assertThat(wire.seen(HOST)).startsWith("reachable");
        wire.pass(100);
        assertThat(wire.seen(HOST)).startsWith("stale");
        assertThat(NeighborTable.isUsable(wire.table.lookup(HOST))).isTrue();

        wire.pass(1_199_000);

        assertThat(wire.seen(HOST)).startsWith("stale");
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();
    }

    @Test
    @DisplayName("RFC 1122 2.3.2.1 (2): an entry in use is polled by unicast and stays")
    void shouldProbeByUnicastWhatIsUsed() {
        makeStale();
        wire.uses(HOST);
        wire.pass(5_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE);
        assertThat(wire.seen(HOST)).isEqualTo("probing 02:50:2a:16:6d:14");
        assertThat(NeighborTable.isUsable(wire.table.lookup(HOST))).isTrue();
        assertThat(wire.takeChanges()).containsExactly("due 192.168.1.20 14 > 14, in-use");

        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges()).containsExactly("refreshed 192.168.1.20 14 > 14, answered");
    }

    @Test
    void shouldKeepANeighborInUseForAnHourAtOneProbeAMinute() {
        wire.resolveHost();
        final List<String> probes = new ArrayList<>();
        for (int tenth = 0; tenth < 36_000; tenth++) {
            wire.passInUse(100, HOST);
            final List<String> sent = wire.takeFrames();
            probes.addAll(sent);
            if (!sent.isEmpty()) {
                wire.hearsReply(HOST_MAC, HOST);
            }
            assertThat(NeighborTable.isUsable(wire.table.lookup(HOST))).isTrue();
        }
        assertThat(probes).containsOnly(PROBE).hasSizeBetween(54, 56);
        assertThat(wire.counted(NeighborCounter.EXPIRED)).isZero();
    }

    @Test
    void shouldAskEverybodyWhenAUsedNeighborFallsSilent() {
        makeStale();
        wire.uses(HOST);
        wire.pass(5_000 + 3_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, PROBE, ASK);
        assertThat(wire.seen(HOST))
                .as("frames wait rather than go to a dead MAC")
                .isEqualTo("incomplete");

        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, in-use", "moved 192.168.1.20 14 > 99, answered");
        assertThat(wire.counted(NeighborCounter.MOVED)).isEqualTo(1);
    }

    @Test
    void shouldExpireAUsedNeighborThatNobodyAnswersFor() {
        makeStale();
        wire.uses(HOST);
        wire.pass(5_000 + 6_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, PROBE, ASK, ASK, ASK);
        assertThat(wire.seen(HOST)).isEqualTo("failed");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, in-use", "expired 192.168.1.20 14 > -, silent");
    }

    @Test
    void shouldRenewAnIdleNeighborOnceThenAskItAndLetItGo() {
        makeStale();
        wire.pass(1_200_000);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.hearsReply(HOST_MAC, HOST);
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "refreshed 192.168.1.20 14 > 14, answered");

        wire.pass(60_000 + 1_199_900);
        assertThat(wire.seen(HOST)).startsWith("stale");
        wire.pass(100);

        assertThat(wire.takeFrames()).containsExactly(PROBE);
        assertThat(wire.seen(HOST)).isEqualTo("probing 02:50:2a:16:6d:14");
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "expired 192.168.1.20 14 > -, idle");
        assertThat(wire.machine.size()).isZero();
    }

    @Test
    void shouldKeepWhatIsUsedWhileItsLastProbeIsOpenAndRenewItAnew() {
        makeStale();
        wire.pass(1_200_000);
        wire.hearsReply(HOST_MAC, HOST);
        wire.pass(60_000 + 1_200_000);
        wire.takeChanges();
        wire.uses(HOST);
        wire.hearsReply(HOST_MAC, HOST);
        assertThat(wire.takeChanges()).containsExactly("refreshed 192.168.1.20 14 > 14, answered");

        wire.pass(60_000 + 1_200_000);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "refreshed 192.168.1.20 14 > 14, answered");
    }

    @Test
    void shouldNotLetGoOfAnIdleNeighborThatAnotherMacClaims() {
        makeStale();
        wire.pass(1_200_000);
        wire.hearsReply(HOST_MAC, HOST);
        wire.pass(60_000 + 1_200_000);
        wire.takeChanges();
        wire.hearsReply(OTHER_MAC, HOST);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.takeChanges())
                .containsExactly("refreshed 192.168.1.20 14 > 14, answered", "disputed 192.168.1.20 14 > 99, claimed");
    }

    @Test
    void shouldRenewAnewAfterUse() {
        makeStale();
        wire.pass(1_200_000);
        wire.hearsReply(HOST_MAC, HOST);
        wire.pass(61_000);
        wire.uses(HOST);
        wire.pass(5_000);
        wire.hearsReply(HOST_MAC, HOST);
        wire.takeFrames();

        wire.pass(60_000 + 1_200_000);

        assertThat(wire.takeFrames())
                .as("used since, so an idle end is probed again")
                .containsExactly(PROBE);
    }

    @Test
    void shouldExpireAnIdleNeighborThatDoesNotAnswer() {
        makeStale();
        wire.pass(1_200_000 + 3_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, PROBE);
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "expired 192.168.1.20 14 > -, silent");
        assertThat(wire.seen(HOST)).isEqualTo("none");
    }

    @Test
    void shouldNotTakeAMarkOlderThanTheEntryForItsUse() {
        wire.lastUsedS.put(HOST, (int) (wire.nowMs / 1000) - 1);
        makeStale();
        wire.pass(10_000);

        assertThat(wire.seen(HOST)).startsWith("stale");
    }

    @Test
    void shouldTakeAMarkOfTheFirstSecondForAUse() {
        wire.nowMs = 0;
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.uses(HOST);
        wire.pass(10_000);

        assertThat(wire.takeChanges()).contains("due 192.168.1.20 14 > 14, in-use");
    }

    @Test
    void shouldResolveAGatewayOffTheSubnet() {
        final int gateway = 0x0A0A0A01;
        wire.query(gateway);
        assertThat(wire.seen(gateway)).isEqualTo("incomplete");
        wire.hearsReply(HOST_MAC, gateway);

        assertThat(wire.seen(gateway)).isEqualTo("reachable 02:50:2a:16:6d:14");
    }

    @Test
    void shouldNotAskForWhatNoNeighborCanHave() {
        final int[] none = {OWN, 0xC0A80100, 0xC0A801FF, 0, 0x7F000001, 0xE0000005, 0xFFFFFFFF, 0xF0000001};
        for (final int address : none) {
            wire.query(address);
        }

        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.machine.size()).isZero();
        assertThat(wire.counted(NeighborCounter.QUERIES_INVALID)).isEqualTo(none.length);
    }

    @Test
    void shouldListEntriesInTheOrderOfTheirAddresses() {
        wire.query(HOST + 5);
        wire.resolveHost();
        wire.machine.addStatic(0x0A000001, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.uses(HOST);
        wire.pass(2_000);
        final List<String> rows = new ArrayList<>();

        wire.machine.snapshot(
                wire.nowMs,
                (address, mac, state, ageMs, lastUsedS, contestedMac) -> rows.add("%s %d %s %d %d"
                        .formatted(Ipv4.describeAddress(address), mac, NeighborState.name(state), ageMs, lastUsedS)));

        assertThat(rows)
                .containsExactly(
                        "10.0.0.1 " + OTHER_MAC + " static 2000 -1",
                        "192.168.1.20 " + HOST_MAC + " reachable 2000 1000",
                        "192.168.1.25 0 incomplete 2000 -1");
    }

    @Test
    void shouldSurviveATickAfterALongPause() {
        wire.resolveHost();
        wire.query(HOST + 1);
        wire.nowMs += 86_400_000L * 365;
        wire.machine.tick(wire.nowMs);
        wire.machine.tick(wire.nowMs);

        assertThat(wire.seen(HOST)).startsWith("stale");
        assertThat(wire.seen(HOST + 1)).isEqualTo("incomplete");
        wire.pass(10_000);
        assertThat(wire.seen(HOST + 1)).isEqualTo("none");
    }
}
