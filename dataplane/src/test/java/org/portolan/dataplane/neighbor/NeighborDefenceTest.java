package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/** What others can and cannot make the machine believe. */
class NeighborDefenceTest {
    private static final String ASK =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String PROBE =
            "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    // ---- what is not believed

    @Test
    void shouldIgnoreAnswersThatNobodyAskedFor() {
        wire.hearsReply(HOST_MAC, HOST);
        wire.hears(HOST_MAC, Arp.REPLY, HOST_MAC, HOST, Ethernet.BROADCAST, HOST);
        wire.hearsRequest(HOST_MAC, HOST, HOST);
        wire.hearsRequest(HOST_MAC, HOST, HOST + 1);

        assertThat(wire.machine.size()).isZero();
        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.counted(NeighborCounter.IGNORED_UNSOLICITED)).isEqualTo(2);
        assertThat(wire.counted(NeighborCounter.OVERHEARD)).isEqualTo(2);
    }

    /** However it is claimed; said once a minute, and each claim is counted. */
    @Test
    void shouldSayThatAStaticNeighborIsClaimedByAnother() {
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.hearsReply(HOST_MAC, HOST);
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        assertThat(wire.disputes).isEmpty();
        wire.hearsReply(OTHER_MAC, HOST);
        wire.hearsRequest(OTHER_MAC, HOST, OWN);
        wire.hearsRequest(OTHER_MAC, HOST, HOST + 1);
        assertThat(wire.disputes).hasSize(1);
        assertThat(wire.disputes.getFirst()).contains(", static, not ");
        assertThat(wire.counted(NeighborCounter.DISPUTED)).isEqualTo(3);
        assertThat(wire.seen(HOST)).isEqualTo("static " + Ethernet.describeMac(HOST_MAC));
        wire.pass(60_001);
        wire.hearsReply(OTHER_MAC, HOST);
        assertThat(wire.disputes).hasSize(2);
    }

    @Test
    void shouldIgnoreAnAnswerToSomebodyElse() {
        wire.query(HOST);
        wire.hears(HOST_MAC, Arp.REPLY, HOST_MAC, HOST, OTHER_MAC, OWN + 5);

        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(wire.counted(NeighborCounter.IGNORED_UNSOLICITED)).isEqualTo(1);
    }

    @Test
    void shouldIgnoreAnAnswerThatComesAfterTheLastTryEnded() {
        wire.query(HOST);
        wire.pass(3_000);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("failed");
    }

    @ParameterizedTest
    @CsvSource({
        "0x02502A166D14, 0xFFFFFFFFFFFF, 0xC0A80114, IGNORED_INVALID",
        "0x02502A166D14, 0x000000000000, 0xC0A80114, IGNORED_INVALID",
        "0x02502A166D14, 0x020000000001, 0xC0A80114, IGNORED_OWN",
        "0x020000000001, 0x02502A166D14, 0xC0A80114, IGNORED_OWN",
        "0x020000000001, 0x020000000001, 0xC0A80114, IGNORED_OWN",
        "0x020000000001, 0x020000000001, 0xC0A80101, IGNORED_OWN",
        "0x02502A166D14, 0x02502A166D14, 0xC0A801FF, IGNORED_INVALID",
        "0x02502A166D14, 0x02502A166D14, 0xC0A80100, IGNORED_INVALID",
        "0x02502A166D14, 0x02502A166D14, 0xE0000001, IGNORED_INVALID",
        "0x02502A166D14, 0x02502A166D14, 0xFFFFFFFF, IGNORED_INVALID",
        "0x02502A166D14, 0x02502A166D14, 0x7F000001, IGNORED_INVALID",
        "0x02502A166D14, 0x02502A166D14, 0x00000001, IGNORED_INVALID",
    })
    void shouldNeitherLearnFromNorAnswerImpossibleSenders(
            final String source, final String mac, final String address, final NeighborCounter counter) {
        final int sender = Long.decode(address).intValue();
        wire.query(HOST);
        wire.takeFrames();
        for (final int operation : new int[] {Arp.REQUEST, Arp.REPLY}) {
            wire.hears(Long.decode(source), operation, Long.decode(mac), sender, OWN_MAC, OWN);
        }

        assertThat(wire.counted(counter)).isEqualTo(2);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(wire.machine.size()).isEqualTo(1);
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();
    }

    @Test
    void shouldIgnoreGroupMacsEvenWhereTheFrameCarriesThem() {
        wire.query(HOST);
        wire.machine.input(Arp.REPLY, 0x0100_5E00_0001L, HOST, OWN_MAC, OWN, 0x0100_5E00_0001L, wire.nowMs);
        wire.machine.input(Arp.REPLY, 0, HOST, OWN_MAC, OWN, 0, wire.nowMs);
        wire.machine.input(Arp.REQUEST, Ethernet.BROADCAST, OWN, 0, OWN, Ethernet.BROADCAST, wire.nowMs);

        assertThat(wire.counted(NeighborCounter.IGNORED_INVALID)).isEqualTo(3);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(wire.conflicts).isEmpty();
    }

    // ---- RFC 826's word of whoever asks us

    @Test
    @DisplayName("RFC 826: who asks us is entered, here as stale, and probed when it is used")
    void shouldEnterWhoAsksUsAsStale() {
        wire.hearsRequest(HOST_MAC, HOST, OWN);

        assertThat(wire.seen(HOST)).isEqualTo("stale 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges()).containsExactly("learned 192.168.1.20 - > 14, asked-us");
        wire.takeFrames();
        wire.uses(HOST);
        wire.pass(5_000);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
    }

    @Test
    void shouldAskWhoAskedUsOnceAndIsNeverUsedBeforeItLetsItGo() {
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.takeFrames();
        wire.takeChanges();
        wire.pass(1_200_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.machine.size()).isZero();
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "expired 192.168.1.20 14 > -, idle");
    }

    @Test
    void shouldLetGoWhoAskedUsOnceAndIsGone() {
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.takeFrames();
        wire.takeChanges();
        wire.pass(1_203_000);

        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, PROBE);
        assertThat(wire.machine.size()).isZero();
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, idle", "expired 192.168.1.20 14 > -, silent");
    }

    @Test
    void shouldTakeTheRequestOfAHostThatIsBeingAskedForAsItsAnswer() {
        wire.query(HOST);
        wire.hearsRequest(HOST_MAC, HOST, OWN);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
    }

    @Test
    void shouldEnterAFailedHostThatAsksUs() {
        wire.query(HOST);
        wire.pass(3_500);
        assertThat(wire.seen(HOST)).isEqualTo("failed");
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        assertThat(wire.seen(HOST)).startsWith("stale");
        wire.pass(10_000);

        assertThat(wire.seen(HOST)).as("the hold-down is over, not the entry").startsWith("stale");
    }

    @Test
    void shouldAnswerButNotLearnFromAnotherSubnet() {
        wire.hearsRequest(HOST_MAC, 0x0A000001, OWN);

        assertThat(wire.takeFrames()).hasSize(1);
        assertThat(wire.machine.size()).isZero();
        assertThat(wire.counted(NeighborCounter.IGNORED_OFF_SUBNET)).isEqualTo(1);
    }

    // ---- claims against a held MAC

    @ParameterizedTest
    @CsvSource({"1, 0xC0A80101", "1, 0xC0A80114", "1, 0xC0A80163", "2, 0xC0A80101", "2, 0xC0A80114"})
    void shouldAskTheHeldMacBeforeItBelievesAnother(final int operation, final String target) {
        wire.resolveHost();
        wire.hears(OTHER_MAC, operation, OTHER_MAC, HOST, 0, Long.decode(target).intValue());

        assertThat(wire.seen(HOST)).isEqualTo("probing 02:50:2a:16:6d:14");
        assertThat(wire.takeFrames()).contains(PROBE);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.takeChanges())
                .containsExactly(
                        "due 192.168.1.20 14 > 14, claimed",
                        "refreshed 192.168.1.20 14 > 14, answered",
                        "disputed 192.168.1.20 14 > 99, claimed");
        assertThat(wire.counted(NeighborCounter.DISPUTED)).isEqualTo(1);
    }

    @Test
    void shouldMoveToAStandbyWithinASecond() {
        wire.resolveHost();
        wire.hearsRequest(OTHER_MAC, HOST, HOST);
        wire.pass(900);
        assertThat(wire.seen(HOST)).startsWith("probing");
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, ASK);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges())
                .containsExactly("due 192.168.1.20 14 > 14, claimed", "moved 192.168.1.20 14 > 99, took-over");
    }

    @Test
    void shouldReportADisputeAlsoWhenTheHeldMacAnswersOnlyTheBroadcast() {
        wire.resolveHost();
        wire.hearsRequest(OTHER_MAC, HOST, HOST);
        wire.pass(1_000);
        wire.hearsReply(HOST_MAC, HOST);

        assertThat(wire.takeChanges())
                .containsExactly(
                        "due 192.168.1.20 14 > 14, claimed",
                        "refreshed 192.168.1.20 14 > 14, answered",
                        "disputed 192.168.1.20 14 > 99, claimed");
    }

    @Test
    void shouldNotTakeTheClaimantsAnswerToAQuestionForTheHeldMac() {
        wire.resolveHost();
        for (int i = 0; i < 9; i++) {
            wire.hearsReply(OTHER_MAC, HOST);
            wire.pass(100);
        }
        assertThat(wire.seen(HOST)).isEqualTo("probing 02:50:2a:16:6d:14");
    }

    @Test
    @DisplayName("RFC 1122 2.3.2.1: one question a second on the average, however many claim")
    void shouldAskTheHeldMacOnceASecondHoweverManyClaim() {
        wire.resolveHost();
        for (int tenth = 0; tenth < 600; tenth++) {
            for (int i = 0; i < 7; i++) {
                wire.hearsReply(OTHER_MAC + i, HOST);
                if (wire.seen(HOST).startsWith("probing")) {
                    wire.hearsReply(HOST_MAC, HOST);
                }
            }
            wire.pass(100);
            assertThat(wire.seen(HOST)).endsWith(" 02:50:2a:16:6d:14");
        }
        final List<String> asked = wire.takeFrames();
        assertThat(asked).hasSizeLessThanOrEqualTo(60 + 4 + 7);
        assertThat(asked.stream().filter(ASK::equals))
                .as("everybody, at most once in 10 s")
                .hasSizeLessThanOrEqualTo(7);
        assertThat(wire.counted(NeighborCounter.LIMITED_CLAIMS)).isPositive();
    }

    // ---- virtual MACs

    /** The frame's source: a gateway's own MAC, while the packet names the virtual one. */
    private static final long ROUTER_MAC = 0x0250_2A16_6D01L;

    private static final long VIRTUAL_MAC = 0x0000_5E00_0101L;

    @Test
    @DisplayName("RFC 826, RFC 5798 8.1.2: the packet says who has the address, not the frame")
    void shouldBelieveThePacketOfAVirtualRouter() {
        wire.query(HOST);
        wire.hears(ROUTER_MAC, Arp.REPLY, VIRTUAL_MAC, HOST, OWN_MAC, OWN);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 00:00:5e:00:01:01");
        assertThat(wire.counted(NeighborCounter.OTHER_SOURCE)).isEqualTo(1);
        wire.takeFrames();
        wire.passInUse(70_000, HOST);
        assertThat(wire.takeFrames()).contains(PROBE.replace("02:50:2a:16:6d:14", "00:00:5e:00:01:01"));
        wire.hears(ROUTER_MAC, Arp.REPLY, VIRTUAL_MAC, HOST, OWN_MAC, OWN);
        assertThat(wire.seen(HOST)).isEqualTo("reachable 00:00:5e:00:01:01");
    }

    @Test
    @DisplayName("RFC 826: the reply goes to the sender that the packet names")
    void shouldAnswerTheSenderOfThePacketAndLearnIt() {
        wire.hears(ROUTER_MAC, Arp.REQUEST, VIRTUAL_MAC, HOST, 0, OWN);

        assertThat(wire.takeFrames()).containsExactly("00:00:5e:00:01:01 ARP 192.168.1.1 is at 02:00:00:00:00:01");
        assertThat(wire.seen(HOST)).isEqualTo("stale 00:00:5e:00:01:01");
    }

    @Test
    void shouldLookAtAClaimWhateverFrameItCameIn() {
        wire.resolveHost();
        wire.hears(ROUTER_MAC, Arp.REQUEST, VIRTUAL_MAC, HOST, 0, HOST);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        wire.pass(1_000);
        wire.hears(ROUTER_MAC, Arp.REPLY, VIRTUAL_MAC, HOST, OWN_MAC, OWN);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 00:00:5e:00:01:01");
    }

    @Test
    void shouldReportAConflictWhateverFrameItCameIn() {
        wire.hears(ROUTER_MAC, Arp.REQUEST, VIRTUAL_MAC, OWN, 0, OWN);

        assertThat(wire.conflicts).containsExactly("192.168.1.1 00:00:5e:00:01:01");
    }
}
