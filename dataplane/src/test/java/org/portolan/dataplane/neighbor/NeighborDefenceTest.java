package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/** Own addresses, and what others can and cannot make the machine believe. */
class NeighborDefenceTest {
    private static final int POOL = OWN + 100;
    private static final String ASK = "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String PROBE = "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String ANNOUNCE =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.1, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String ANNOUNCE_POOL =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.101, tell 192.168.1.101 (02:00:00:00:00:01)";

    private Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    private void limit(final int entries, final int unresolved, final int unasked, final int requestsPerSecond) {
        wire.close();
        wire = new Wire(new NeighborLimits(entries, unresolved, unasked, requestsPerSecond));
    }

    // ---- own addresses

    @Test
    @DisplayName("RFC 5227 2.3: each own address is announced twice, two seconds apart")
    void shouldAnnounceTwice() {
        wire.machine.proxy(POOL, OWN);
        wire.machine.start(wire.nowMs);
        wire.machine.tick(wire.nowMs);
        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE, ANNOUNCE_POOL);
        wire.pass(1_900);
        assertThat(wire.takeFrames()).isEmpty();
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE, ANNOUNCE_POOL);
        wire.pass(60_000);

        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.counted(NeighborCounter.ANNOUNCEMENTS_SENT)).isEqualTo(4);
        wire.machine.announce(wire.nowMs);
        wire.pass(10_000);
        assertThat(wire.takeFrames()).hasSize(4);
    }

    @Test
    void shouldAnnounceALargePoolInPortions() {
        final int[] pool = new int[1_000];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = 0xCB007100 + i;
        }
        wire.machine.proxy(pool);
        wire.machine.start(wire.nowMs);
        wire.machine.tick(wire.nowMs);
        assertThat(wire.frames).hasSize(64);
        wire.pass(20_000);

        assertThat(wire.counted(NeighborCounter.ANNOUNCEMENTS_SENT)).isEqualTo(2_002);
        assertThat(wire.frames.subList(0, 1_001)).doesNotHaveDuplicates();
        assertThat(wire.frames.subList(1_001, 2_002)).isEqualTo(wire.frames.subList(0, 1_001));
    }

    @Test
    @DisplayName("RFC 826: requests for own and proxied addresses are answered, no others")
    void shouldAnswerForOwnAndProxiedAddresses() {
        wire.machine.proxy(POOL);
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.hearsRequest(HOST_MAC, HOST, POOL);
        wire.hearsRequest(HOST_MAC, HOST, OWN + 1);

        assertThat(wire.takeFrames())
                .containsExactly(
                        "02:50:2a:16:6d:14 ARP 192.168.1.1 is at 02:00:00:00:00:01",
                        "02:50:2a:16:6d:14 ARP 192.168.1.101 is at 02:00:00:00:00:01");
        wire.machine.proxy();
        wire.hearsRequest(HOST_MAC, HOST, POOL);
        assertThat(wire.takeFrames()).isEmpty();
    }

    @Test
    @DisplayName("RFC 5227 2.1.1: a probe for an own address is answered, and nothing is learned from it")
    void shouldAnswerAProbe() {
        wire.hearsRequest(HOST_MAC, 0, OWN);

        assertThat(wire.takeFrames()).containsExactly("02:50:2a:16:6d:14 ARP 192.168.1.1 is at 02:00:00:00:00:01");
        assertThat(wire.machine.size()).isZero();
        wire.hears(HOST_MAC, Arp.REPLY, HOST_MAC, 0, OWN_MAC, OWN);
        assertThat(wire.counted(NeighborCounter.IGNORED_INVALID)).isEqualTo(1);
    }

    @Test
    @DisplayName("RFC 5227 2.4 (c): an own address is defended, at most once in ten seconds")
    void shouldDefendOnceInTenSeconds() {
        for (int i = 0; i < 99; i++) {
            wire.hearsRequest(OTHER_MAC, OWN, OWN);
            wire.hearsReply(OTHER_MAC, OWN);
            wire.pass(100);
        }
        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE);
        assertThat(wire.conflicts).containsExactly("192.168.1.1 02:50:2a:16:6d:99");
        assertThat(wire.counted(NeighborCounter.CONFLICTS)).isEqualTo(198);
        wire.pass(100);
        wire.hearsRequest(OTHER_MAC, OWN, HOST);

        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE);
        assertThat(wire.conflicts).hasSize(2);
        assertThat(wire.machine.size()).isZero();
    }

    @Test
    void shouldDefendEachProxiedAddressOnItsOwn() {
        wire.machine.proxy(POOL);
        wire.hearsRequest(OTHER_MAC, OWN, OWN);
        wire.hearsRequest(OTHER_MAC, POOL, POOL);

        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE, ANNOUNCE_POOL);
    }

    @Test
    void shouldForgetANeighborWhoseAddressBecomesOurs() {
        wire.query(POOL);
        wire.hearsReply(HOST_MAC, POOL);
        wire.machine.proxy(POOL);

        assertThat(wire.seen(POOL)).isEqualTo("none");
        assertThat(wire.takeChanges()).contains("flushed 192.168.1.101 14 > -");
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
        "0x02502A166D99, 0x02502A166D14, 0xC0A80114, IGNORED_SPOOFED",
        "0x02502A166D14, 0xFFFFFFFFFFFF, 0xC0A80114, IGNORED_SPOOFED",
        "0x02502A166D14, 0x000000000000, 0xC0A80114, IGNORED_SPOOFED",
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
        assertThat(wire.takeChanges()).containsExactly("learned 192.168.1.20 - > 14");
        wire.takeFrames();
        wire.uses(HOST);
        wire.pass(5_000);
        assertThat(wire.takeFrames()).containsExactly(PROBE);
    }

    @Test
    void shouldLetGoWhoAskedUsOnceAndIsNeverUsed() {
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.takeFrames();
        wire.pass(1_200_000);

        assertThat(wire.machine.size()).isZero();
        assertThat(wire.takeFrames()).isEmpty();
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
                        "due 192.168.1.20 14 > 14", "refreshed 192.168.1.20 14 > 14", "disputed 192.168.1.20 14 > 99");
        assertThat(wire.counted(NeighborCounter.DISPUTED)).isEqualTo(1);
    }

    @Test
    void shouldMoveToAStandbyWithinTwoSeconds() {
        wire.resolveHost();
        wire.hearsRequest(OTHER_MAC, HOST, HOST);
        wire.pass(1_900);
        assertThat(wire.seen(HOST)).startsWith("probing");
        wire.pass(100);
        assertThat(wire.takeFrames()).containsExactly(PROBE, PROBE, ASK);
        wire.hearsReply(OTHER_MAC, HOST);

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges()).containsExactly("due 192.168.1.20 14 > 14", "moved 192.168.1.20 14 > 99");
    }

    @Test
    void shouldNotTakeTheClaimantsAnswerToAQuestionForTheHeldMac() {
        wire.resolveHost();
        for (int i = 0; i < 15; i++) {
            wire.hearsReply(OTHER_MAC, HOST);
            wire.pass(100);
        }
        assertThat(wire.seen(HOST)).isEqualTo("probing 02:50:2a:16:6d:14");
    }

    @Test
    void shouldAskTheHeldMacOnceInTenSecondsHoweverManyClaim() {
        wire.resolveHost();
        for (int i = 0; i < 95; i++) {
            wire.hearsReply(OTHER_MAC + i % 7, HOST);
            if (wire.seen(HOST).startsWith("probing")) {
                wire.hearsReply(HOST_MAC, HOST);
            }
            wire.pass(100);
        }
        assertThat(wire.takeFrames()).containsExactly(PROBE);
        assertThat(wire.counted(NeighborCounter.LIMITED_CLAIMS)).isEqualTo(94);
        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
    }

    // ---- floods

    @Test
    void shouldBoundLookupsForAbsentHostsAndKeepTheLive() {
        limit(100, 10, 10, 500);
        wire.resolveHost();
        for (int second = 0; second < 30; second++) {
            for (int host = 2; host < 255; host++) {
                wire.query(0xC0A80100 + host);
            }
            assertThat(wire.machine.size()).isLessThanOrEqualTo(11);
            assertThat(wire.takeFrames()).hasSizeLessThanOrEqualTo(20);
            wire.pass(1_000);
        }
        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.counted(NeighborCounter.LIMITED_LOOKUPS)).isPositive();
        wire.takeFrames();
        wire.pass(30_000);
        assertThat(wire.machine.size()).as("the absent are forgotten").isEqualTo(1);
    }

    @Test
    void shouldLetANewLookupPushOutTheOldestAbsentHost() {
        limit(100, 2, 2, 500);
        wire.query(HOST);
        wire.pass(100);
        wire.query(HOST + 1);
        wire.query(HOST + 2);
        assertThat(wire.seen(HOST + 2)).as("both questions are open").isEqualTo("none");
        wire.pass(3_000);
        wire.query(HOST + 2);

        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.seen(HOST + 1)).isEqualTo("failed");
        assertThat(wire.seen(HOST + 2)).isEqualTo("incomplete");
    }

    @Test
    void shouldBoundWhatSpoofedRequestsFill() {
        limit(100, 10, 5, 500);
        wire.resolveHost();
        for (int host = 2; host < 255; host++) {
            if (0xC0A80100 + host != HOST) {
                wire.hearsRequest(OTHER_MAC + host, 0xC0A80100 + host, OWN);
            }
        }
        assertThat(wire.takeFrames()).as("each is answered").hasSize(252);
        assertThat(wire.machine.size()).isEqualTo(6);
        assertThat(wire.counted(NeighborCounter.LIMITED_UNASKED)).isEqualTo(247);

        wire.query(0xC0A801F0);
        wire.hearsReply(OTHER_MAC, 0xC0A801F0);
        assertThat(wire.seen(0xC0A801F0)).as("who is asked for still gets in").startsWith("reachable");
        assertThat(wire.seen(HOST)).startsWith("reachable");
    }

    @Test
    void shouldFreeThePurseOfTheUnaskedWhenOneIsConfirmed() {
        limit(100, 10, 1, 500);
        wire.hearsRequest(HOST_MAC, HOST, OWN);
        wire.hearsRequest(OTHER_MAC, HOST + 1, OWN);
        assertThat(wire.seen(HOST + 1)).isEqualTo("none");
        wire.uses(HOST);
        wire.pass(5_000);
        wire.hearsReply(HOST_MAC, HOST);
        wire.hearsRequest(OTHER_MAC, HOST + 1, OWN);

        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.seen(HOST + 1)).startsWith("stale");
    }

    @Test
    void shouldRefuseNewNeighborsWhenFullOfLiveOnes() {
        limit(3, 3, 3, 500);
        for (int i = 0; i < 3; i++) {
            wire.query(HOST + i);
            wire.hearsReply(HOST_MAC + i, HOST + i);
        }
        wire.query(HOST + 3);
        wire.hearsRequest(OTHER_MAC, HOST + 4, OWN);

        assertThat(wire.machine.addStatic(HOST + 5, OTHER_MAC, wire.nowMs)).isFalse();
        assertThat(wire.machine.restore(HOST + 6, OTHER_MAC, wire.nowMs)).isFalse();
        assertThat(wire.counted(NeighborCounter.LIMITED_ENTRIES)).isEqualTo(4);
        assertThat(wire.machine.size()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(wire.seen(HOST + i)).startsWith("reachable");
        }
    }

    @Test
    void shouldCountAFullHashAsAFullTable() {
        for (int i = 0; i < 20; i++) {
            wire.query(0x0A000001 + i);
        }
        assertThat(wire.machine.size()).as("the table's hash holds 8").isEqualTo(8);
        assertThat(wire.counted(NeighborCounter.LIMITED_ENTRIES)).isEqualTo(12);
    }

    @Test
    void shouldPutOffRequestsAboveTheRateAndLoseNoLiveEntryOverIt() {
        limit(100, 50, 10, 5);
        for (int i = 0; i < 20; i++) {
            wire.machine.restore(HOST + i, HOST_MAC + i, wire.nowMs);
        }
        wire.pass(100);
        assertThat(wire.takeFrames()).hasSize(5);
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 20; i++) {
                assertThat(NeighborTable.isUsable(wire.table.lookup(HOST + i))).isTrue();
            }
            for (final String frame : wire.takeFrames()) {
                final int host = Integer.parseInt(frame.substring(frame.indexOf("192.168.1.") + 10, frame.indexOf(',')));
                wire.hearsReply(HOST_MAC + host - 20, 0xC0A80100 + host);
            }
            wire.pass(1_000);
            assertThat(wire.frames).hasSizeLessThanOrEqualTo(5);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(wire.seen(HOST + i)).startsWith("reachable");
        }
        assertThat(wire.counted(NeighborCounter.REQUESTS_DELAYED)).isPositive();
    }

    /** Asserts inside the machine refuse every step that the table of states forbids. */
    @Test
    void shouldTakeNoForbiddenStepUnderRandomTraffic() {
        limit(40, 8, 8, 50);
        final SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 300_000; i++) {
            final int address = random.nextInt(8) == 0 ? OWN : 0xC0A80100 + random.nextInt(60);
            final int target = random.nextBoolean() ? OWN : 0xC0A80100 + random.nextInt(60);
            final long mac = HOST_MAC + random.nextInt(4);
            switch (random.nextInt(10)) {
                case 0, 1 -> wire.query(address);
                case 2, 3 -> wire.hears(mac, Arp.REPLY, mac, address, OWN_MAC, OWN);
                case 4 -> wire.hears(mac, Arp.REQUEST, mac, address, 0, target);
                case 5 -> wire.uses(address);
                case 6 -> onRare(random.nextInt(40), address, mac);
                default -> wire.pass(random.nextInt(20) == 0 ? random.nextInt(70_000) : random.nextInt(900));
            }
            assertThat(wire.machine.size()).isLessThanOrEqualTo(40);
            assertThat(NeighborState.name(wire.machine.state(address))).isEqualTo(wire.seen(address).split(" ")[0]);
            wire.frames.clear();
            wire.changes.clear();
        }
        wire.machine.flush();
        wire.pass(1_000);
    }

    private void onRare(final int which, final int address, final long mac) {
        switch (which) {
            case 0 -> wire.machine.flush();
            case 1 -> wire.machine.linkUp(OWN_MAC, wire.nowMs);
            case 2, 3 -> wire.machine.flush(address);
            case 4, 5 -> wire.machine.removeStatic(address);
            case 6 -> {
                if (address != OWN && address != 0xC0A80100) {
                    wire.machine.addStatic(address, mac, wire.nowMs);
                }
            }
            default -> wire.machine.restore(address, mac, wire.nowMs);
        }
    }

    // ---- frames and records

    @Test
    void shouldRefuseFramesThatAreNoWholeArp() {
        try (Slab slab = Slab.allocate(64, "test")) {
            final long frame = slab.address();
            ArpFrames.putRequest(frame, HOST_MAC, HOST, OWN, Ethernet.BROADCAST);
            assertThat(ArpFrames.input(wire.machine, frame, 41, 1)).isEqualTo(DropReason.ARP_MALFORMED.code);
            assertThat(ArpFrames.input(wire.machine, frame, 13, 1)).isEqualTo(DropReason.FRAME_TOO_SHORT.code);
            Memory.putU16(frame + Ethernet.HEADER_BYTES + Arp.OPERATION_OFFSET, 3);
            assertThat(ArpFrames.input(wire.machine, frame, 60, 1)).isEqualTo(DropReason.ARP_MALFORMED.code);
            assertThat(wire.machine.size()).isZero();
            Memory.putU16(frame + Ethernet.HEADER_BYTES + Arp.OPERATION_OFFSET, Arp.REQUEST);
            assertThat(ArpFrames.input(wire.machine, frame, 42, 1)).isZero();
            assertThat(wire.machine.size()).isEqualTo(1);
        }
    }

    @Test
    void shouldPadFramesToTheShortestThatAWireCarries() {
        try (Slab slab = Slab.allocate(64, "test")) {
            Memory.putU32(slab.address() + 56, -1);
            assertThat(ArpFrames.putAnnouncement(slab.address(), OWN_MAC, OWN)).isEqualTo(60);
            assertThat(Memory.u32(slab.address() + 56)).isZero();
        }
    }

    @Test
    void shouldRefuseTimersAndLimitsThatCannotWork() {
        assertThatThrownBy(() -> new NeighborTimers(999, 3, 5_000, 60_000, 5_000, 1_200_000, 1, 10_000))
                .hasMessage("retryMs is 999, allowed is 1000 or more (RFC 1122 2.3.2.1)");
        assertThatThrownBy(() -> new NeighborTimers(1_000, 0, 5_000, 60_000, 5_000, 1_200_000, 1, 10_000))
                .hasMessageContaining("tries is 0");
        assertThatThrownBy(() -> new NeighborLimits(10, 11, 1, 1)).hasMessageContaining("unresolved 11");
    }
}
