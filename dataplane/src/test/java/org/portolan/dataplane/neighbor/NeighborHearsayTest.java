package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/** What an earlier run or another router says is asked about before it is trusted. */
class NeighborHearsayTest {
    private static final String ASK =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String PROBE =
            "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final int OFF_SUBNET = 0x0A0A0A01;

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    // ---- an earlier run

    @Test
    void shouldProbeWhatHistoryRemembersBeforeItIsTrusted() {
        assertThat(wire.machine.restore(HOST, HOST_MAC, wire.nowMs)).isTrue();
        assertThat(wire.seen(HOST)).as("no MAC for the workers").isEqualTo("unconfirmed");
        assertThat(NeighborTable.isUsable(wire.table.lookup(HOST))).isFalse();
        assertThat(NeighborTable.isFailed(wire.table.lookup(HOST))).isFalse();
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();

        wire.pass(100);

        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.hearsReply(HOST_MAC, HOST);
        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "refreshed 192.168.1.20 14 > 14, answered");
        assertThat(wire.machine.restore(HOST, OTHER_MAC, wire.nowMs))
                .as("the wire has spoken")
                .isFalse();
    }

    /** A worker's first frame: what is remembered and everybody are asked at the same time. */
    @Test
    void shouldAskTheRememberedMacAndEverybodyAtOnceForTheFirstFrame() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.query(HOST);

        assertThat(wire.takeFrames()).containsExactly(PROBE, ASK);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        wire.hearsReply(HOST_MAC, HOST);
        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "refreshed 192.168.1.20 14 > 14, answered");
    }

    @Test
    void shouldBelieveTheFirstAnswerWhenTheGatewayChangedItsMacMeanwhile() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.query(HOST);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).as("no time has passed").isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "moved 192.168.1.20 14 > 99, answered");
    }

    @Test
    void shouldAskEverybodyAlsoWhenTheRememberedMacIsBeingAskedAlready() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.pass(500);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.query(HOST);
        assertThat(wire.takeFrames()).containsExactly(PROBE, ASK);
        wire.pass(3_000);

        assertThat(wire.seen(HOST)).isEqualTo("failed");
        assertThat(wire.takeFrames()).containsExactly(PROBE, ASK, PROBE, ASK);
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "expired 192.168.1.20 14 > -, silent");
    }

    @Test
    void shouldAskEverybodyWhenAnythingIsHeardOfWhatIsRemembered() {
        final long[] senders = {HOST_MAC, OTHER_MAC};
        for (final long sender : senders) {
            for (final int target : new int[] {HOST, OWN, OWN + 5}) {
                wire.machine.flush(NeighborReason.OPERATOR);
                wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
                wire.takeFrames();
                wire.hearsRequest(sender, HOST, target);

                assertThat(wire.seen(HOST)).as("nobody's word is taken for it").isEqualTo("incomplete");
                assertThat(wire.takeFrames()).endsWith(PROBE, ASK);
            }
        }
    }

    @Test
    void shouldTakeNoAnswerFromAMacThatWasNotAsked() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.pass(100);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        wire.hearsReply(HOST_MAC, HOST);
        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
    }

    @Test
    void shouldRestoreNothingThatNoHostOfTheSubnetCanHave() {
        assertThat(wire.machine.restore(OWN, HOST_MAC, wire.nowMs)).isFalse();
        assertThat(wire.machine.restore(HOST + 1, Ethernet.BROADCAST, wire.nowMs))
                .isFalse();
        assertThat(wire.machine.restore(HOST + 1, OWN_MAC, wire.nowMs)).isFalse();
        assertThat(wire.machine.restore(OFF_SUBNET, HOST_MAC, wire.nowMs))
                .as("the interface had another subnet then")
                .isFalse();
        assertThat(wire.machine.size()).isZero();
    }

    @Test
    void shouldForgetWhatHistoryRemembersWhenItIsGone() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.pass(3_100);

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "expired 192.168.1.20 14 > -, silent");
    }

    // ---- another router

    @Test
    void shouldTakeASuggestionForAnUnknownAddressLikeAMemory() {
        assertThat(wire.machine.suggest(HOST, HOST_MAC, wire.nowMs)).isTrue();
        assertThat(wire.seen(HOST)).isEqualTo("unconfirmed");
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, peer", "refreshed 192.168.1.20 14 > 14, answered");
    }

    @Test
    void shouldAskTheHeldMacBeforeItBelievesAPeer() {
        wire.resolveHost();
        assertThat(wire.machine.suggest(HOST, OTHER_MAC, wire.nowMs)).isTrue();
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges())
                .containsExactly(
                        "due 192.168.1.20 14 > 14, claimed",
                        "refreshed 192.168.1.20 14 > 14, answered",
                        "disputed 192.168.1.20 14 > 99, claimed");
    }

    @Test
    void shouldMoveToWhatAPeerSaysOnlyWhenTheHeldMacIsSilentAndTheOtherAnswers() {
        wire.resolveHost();
        wire.machine.suggest(HOST, OTHER_MAC, wire.nowMs);
        wire.pass(1_100);
        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, ASK);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, claimed", "moved 192.168.1.20 14 > 99, took-over");
    }

    @Test
    void shouldAskOnceASecondForAPeerThatSaysTheSameAllTheTime() {
        wire.resolveHost();
        for (int i = 0; i < 100; i++) {
            wire.machine.suggest(HOST, OTHER_MAC, wire.nowMs);
            wire.pass(100);
            if (wire.seen(HOST).startsWith("probing")) {
                wire.hearsReply(HOST_MAC, HOST);
            }
        }
        assertThat(wire.takeFrames()).hasSizeLessThanOrEqualTo(10 + 3 + 2);
        assertThat(wire.seen(HOST)).endsWith(" 02:50:2a:16:6d:14");
        assertThat(wire.counted(NeighborCounter.LIMITED_CLAIMS)).isPositive();
    }

    @Test
    void shouldAskEverybodyBeforeItForgetsWhatAPeerSaysElse() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        assertThat(wire.machine.suggest(HOST, OTHER_MAC, wire.nowMs)).isTrue();
        wire.pass(3_100);
        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, PROBE, ASK);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, remembered", "moved 192.168.1.20 14 > 99, took-over");
    }

    @Test
    void shouldNoteAPeersClaimWhileTheHeldMacIsAskedAnyway() {
        wire.resolveHost();
        wire.machine.recheck(HOST, wire.nowMs);
        wire.pass(100);
        assertThat(wire.machine.suggest(HOST, OTHER_MAC, wire.nowMs)).isTrue();
        wire.pass(1_000);

        assertThat(wire.seen(HOST))
                .as("somebody else may have it: all are asked")
                .isEqualTo("incomplete");
        wire.hearsReply(OTHER_MAC, HOST);
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, peer", "moved 192.168.1.20 14 > 99, took-over");
    }

    @Test
    void shouldMakeNothingOfWhatItKnowsOrCannotBe() {
        wire.resolveHost();
        wire.machine.addStatic(HOST + 1, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.query(HOST + 2);
        wire.takeChanges();
        wire.takeFrames();

        assertThat(wire.machine.suggest(HOST, HOST_MAC, wire.nowMs))
                .as("the same")
                .isFalse();
        assertThat(wire.machine.suggest(HOST + 1, OTHER_MAC, wire.nowMs))
                .as("static")
                .isFalse();
        assertThat(wire.machine.suggest(HOST + 2, OTHER_MAC, wire.nowMs))
                .as("being asked")
                .isFalse();
        assertThat(wire.machine.suggest(HOST, Ethernet.BROADCAST, wire.nowMs)).isFalse();
        assertThat(wire.machine.suggest(OWN, OTHER_MAC, wire.nowMs)).isFalse();
        assertThat(wire.machine.suggest(OFF_SUBNET, OTHER_MAC, wire.nowMs)).isFalse();
        wire.pass(900);

        assertThat(wire.takeChanges()).isEmpty();
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
    }

    @Test
    void shouldProbeWhatAPeerSaysIsGoneAndKeepItWhenItAnswers() {
        wire.resolveHost();
        assertThat(wire.machine.recheck(HOST, wire.nowMs)).isTrue();
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        assertThat(wire.machine.recheck(HOST, wire.nowMs))
                .as("it is being asked")
                .isFalse();
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, peer", "refreshed 192.168.1.20 14 > 14, answered");
    }

    @Test
    void shouldExpireWhatAPeerSaysIsGoneWhenItIsSilent() {
        wire.resolveHost();
        wire.machine.recheck(HOST, wire.nowMs);
        wire.pass(3_100);

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, peer", "expired 192.168.1.20 14 > -, silent");
    }

    @Test
    void shouldRecheckNothingThatCannotBeAsked() {
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.CONFIG, wire.nowMs);
        wire.query(HOST + 1);
        wire.takeFrames();

        assertThat(wire.machine.recheck(HOST, wire.nowMs)).isFalse();
        assertThat(wire.machine.recheck(HOST + 1, wire.nowMs)).isFalse();
        assertThat(wire.machine.recheck(HOST + 2, wire.nowMs)).isFalse();
        wire.pass(900);
        assertThat(wire.takeFrames()).isEmpty();
    }

    @Test
    void shouldForgetWithThePeersReasonWhatAPeersOperatorFlushed() {
        wire.resolveHost();
        assertThat(wire.machine.flush(HOST, NeighborReason.PEER)).isTrue();

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.takeChanges()).containsExactly("flushed 192.168.1.20 14 > -, peer");
    }

    // ---- ten thousand at once

    private static final int SUBNET = 0x0A090000;
    private static final int MANY = 10_000;

    /** Hosts of a /16, from .1.0 on. */
    private static int host(final int i) {
        return SUBNET + 256 + i;
    }

    private static Wire wide() {
        return new Wire(NeighborLimits.defaults(), SUBNET + 1, 16);
    }

    /** Answers every request that was sent for one of the many, as its host. */
    private static void answer(final Wire wide) {
        for (final int asked : wide.takeAsked()) {
            if (asked >= host(0) && asked < host(MANY)) {
                wide.hears(HOST_MAC + asked, Arp.REPLY, HOST_MAC + asked, asked, OWN_MAC, SUBNET + 1);
            }
        }
    }

    @Test
    void shouldProbeTenThousandAtTheRateAndLookUpNewNeighborsMeanwhile() {
        try (Wire wide = wide()) {
            for (int i = 0; i < MANY; i++) {
                final boolean suggested = i % 2 == 0;
                assertThat(
                                suggested
                                        ? wide.machine.suggest(host(i), HOST_MAC + host(i), wide.nowMs)
                                        : wide.machine.restore(host(i), HOST_MAC + host(i), wide.nowMs))
                        .isTrue();
            }
            int second = 0;
            for (; wide.counted(NeighborCounter.REQUESTS_SENT) < MANY && second < 200; second++) {
                final int fresh = SUBNET + 60_000 + second;
                wide.pass(500);
                wide.query(fresh);
                assertThat(wide.frames.getLast())
                        .as("a lookup goes out at once")
                        .startsWith("ff:ff:ff:ff:ff:ff");
                wide.hears(OTHER_MAC, Arp.REPLY, OTHER_MAC, fresh, OWN_MAC, SUBNET + 1);
                wide.pass(500);
                assertThat(wide.frames).hasSizeLessThanOrEqualTo(127);
                answer(wide);
                assertThat(wide.seen(fresh)).startsWith("reachable");
            }
            wide.pass(1_000);
            answer(wide);

            assertThat(second).as("seconds for all").isBetween(78, 84);
            for (int i = 0; i < MANY; i++) {
                assertThat(wide.machine.state(host(i))).isIn(NeighborState.REACHABLE, NeighborState.STALE);
            }
            assertThat(wide.counted(NeighborCounter.EXPIRED)).isZero();
            assertThat(wide.counted(NeighborCounter.REQUESTS_DELAYED)).isBetween(9_000L, 10_000L);
        }
    }

    @Test
    void shouldProbeTheUsedOnesOfTenThousandFirst() {
        try (Wire wide = wide()) {
            for (int i = 0; i < MANY; i++) {
                wide.machine.restore(host(i), HOST_MAC + host(i), wide.nowMs);
            }
            for (int i = MANY - 100; i < MANY; i++) {
                wide.query(host(i));
            }
            answer(wide);

            for (int i = MANY - 100; i < MANY; i++) {
                assertThat(wide.seen(host(i))).startsWith("reachable");
            }
        }
    }

    @Test
    void shouldLeaveLookupsTheirRoomHoweverMuchIsRestoredAndKeepTheLive() {
        try (Wire wide = wide()) {
            final int live = SUBNET + 60_000;
            wide.query(live);
            wide.hears(OTHER_MAC, Arp.REPLY, OTHER_MAC, live, OWN_MAC, SUBNET + 1);
            for (int i = 0; i < 20_000; i++) {
                wide.machine.restore(host(i), HOST_MAC, wide.nowMs);
            }

            assertThat(wide.machine.size()).isEqualTo(16_384 - 1_024);
            assertThat(wide.counted(NeighborCounter.LIMITED_ENTRIES)).isEqualTo(20_001 - (16_384 - 1_024));
            assertThat(wide.seen(live)).startsWith("reachable");
            for (int i = 0; i < 1_024; i++) {
                wide.query(SUBNET + 61_000 + i);
                assertThat(wide.machine.state(SUBNET + 61_000 + i)).isEqualTo(NeighborState.INCOMPLETE);
            }
        }
    }
}
