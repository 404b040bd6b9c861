package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.BadArp;
import org.portolan.dataplane.wire.Ethernet;

/**
 * Whole Ethernet frames that are wrong, lie, or come in masses: each is counted where it belongs, the table keeps its
 * size, and the live entries stay.
 */
class BadFramesTest {
    private static final String PROBE =
            "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String ANNOUNCE =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.1, tell 192.168.1.1 (02:00:00:00:00:01)";

    /** HOST is the gateway here: what everything goes through. */
    private static final int GATEWAY = HOST;

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    private static byte[] frame(
            final long source,
            final int operation,
            final long mac,
            final int sender,
            final long targetMac,
            final int target) {
        try (Slab slab = Slab.allocate(64, "test")) {
            final long at = slab.address();
            Ethernet.putHeader(at, OWN_MAC, source, Ethernet.TYPE_ARP);
            Arp.put(at + Ethernet.HEADER_BYTES, operation, mac, sender, targetMac, target);
            final byte[] bytes = new byte[60];
            Memory.copy(at, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private static List<BadArp> malformed() {
        return BadArp.all();
    }

    private long countedAll() {
        return Arrays.stream(NeighborCounter.values()).mapToLong(wire::counted).sum();
    }

    // ---- malformed

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldRefuseWhatIsMalformedAndDoNothingOfWhatItSays(final BadArp bad) {
        wire.query(HOST);
        wire.takeFrames();
        final long before = countedAll();
        for (final int operation : new int[] {Arp.REQUEST, Arp.REPLY}) {
            final byte[] right = frame(HOST_MAC, operation, HOST_MAC, HOST, OWN_MAC, OWN);
            assertThat(wire.hears(bad.of(right))).isEqualTo(bad.reason().code);
        }

        assertThat(countedAll()).isEqualTo(before);
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();
        assertThat(wire.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, HOST, OWN_MAC, OWN)))
                .as("the right one")
                .isZero();
        assertThat(wire.seen(HOST)).startsWith("reachable");
    }

    // ---- MACs and addresses that cannot be

    /** In the packet, behind a source that is a host's. */
    @ParameterizedTest
    @CsvSource({
        "1, 0x000000000000",
        "1, 0xFFFFFFFFFFFF",
        "1, 0x01005E000001",
        "2, 0x000000000000",
        "2, 0xFFFFFFFFFFFF",
        "2, 0x01005E000001",
        "2, 0x333300000001"
    })
    void shouldIgnoreASenderWithAMacThatNoHostHas(final int operation, final String mac) {
        wire.query(HOST);
        wire.takeFrames();
        wire.hears(frame(HOST_MAC, operation, Long.decode(mac), HOST, OWN_MAC, OWN));

        assertThat(wire.counted(NeighborCounter.IGNORED_INVALID)).isEqualTo(1);
        assertThat(wire.counted(NeighborCounter.OTHER_SOURCE)).isZero();
        assertThat(wire.seen(HOST)).isEqualTo("incomplete");
        assertThat(wire.takeFrames()).as("not answered").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0xC0A80100", "0xC0A801FF", "0xE0000001", "0xFFFFFFFF", "0x7F000001", "0x00000001"})
    void shouldIgnoreASenderWithAnAddressThatNoHostHas(final String address) {
        for (final int operation : new int[] {Arp.REQUEST, Arp.REPLY}) {
            wire.hears(frame(HOST_MAC, operation, HOST_MAC, Long.decode(address).intValue(), OWN_MAC, OWN));
        }

        assertThat(wire.counted(NeighborCounter.IGNORED_INVALID)).isEqualTo(2);
        assertThat(wire.machine.size()).isZero();
        assertThat(wire.takeFrames()).isEmpty();
    }

    @Test
    void shouldLearnATargetMacFromNobody() {
        for (final long target : new long[] {0, Ethernet.BROADCAST, 0x0100_5E00_0001L, OTHER_MAC}) {
            wire.query(HOST);
            wire.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, HOST, target, OWN));
            assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
            wire.machine.flush(NeighborReason.OPERATOR);
        }
    }

    // ---- our own address claimed

    @ParameterizedTest
    @CsvSource({"1, 0xC0A80101", "1, 0xC0A80114", "1, 0xC0A80163", "2, 0xC0A80101", "2, 0xC0A80114"})
    @DisplayName("RFC 5227 2.4: whatever claims our address is reported, and answered by an announcement")
    void shouldReportAndDefendOurAddress(final int operation, final String target) {
        wire.hears(frame(
                OTHER_MAC, operation, OTHER_MAC, OWN, 0, Long.decode(target).intValue()));

        assertThat(wire.conflicts).containsExactly("192.168.1.1 02:50:2a:16:6d:99");
        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE);
        assertThat(wire.counted(NeighborCounter.CONFLICTS)).isEqualTo(1);
        assertThat(wire.machine.size()).isZero();
    }

    @Test
    @DisplayName("RFC 5227 2.4 (c): not more than one defence in ten seconds, whoever claims how often")
    void shouldDefendOurAddressAtItsRateAgainstAStorm() {
        for (int tenth = 0; tenth < 300; tenth++) {
            for (int i = 0; i < 100; i++) {
                wire.hears(frame(OTHER_MAC + i, 1 + i % 2, OTHER_MAC + i, OWN, OWN_MAC, OWN));
            }
            wire.pass(100);
        }
        assertThat(wire.takeFrames()).containsExactly(ANNOUNCE, ANNOUNCE, ANNOUNCE);
        assertThat(wire.conflicts).hasSize(3);
        assertThat(wire.counted(NeighborCounter.CONFLICTS)).isEqualTo(30_000);
    }

    // ---- storms

    @Test
    void shouldLearnNothingFromAStormOfRepliesAndKeepTheLive() {
        wire.resolveHost();
        final SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            final int sender = (OWN & ~0xFF) + 2 + random.nextInt(252);
            if (sender != HOST) {
                final long mac = 0x0200_0000_0000L | random.nextInt() & 0xFFFF_FFFFL | 0x100;
                wire.hears(frame(mac, Arp.REPLY, mac, sender, OWN_MAC, OWN));
            }
        }
        assertThat(wire.machine.size()).isEqualTo(1);
        assertThat(wire.seen(HOST)).startsWith("reachable");
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();
        assertThat(wire.counted(NeighborCounter.IGNORED_UNSOLICITED)).isBetween(99_000L, 100_000L);
    }

    @Test
    void shouldFindTheOneAnswerInAStormOfReplies() {
        wire.query(HOST);
        for (int i = 0; i < 10_000; i++) {
            wire.hears(frame(OTHER_MAC, Arp.REPLY, OTHER_MAC, HOST + 1 + i % 100, OWN_MAC, OWN));
        }
        wire.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, HOST, OWN_MAC, OWN));

        assertThat(wire.seen(HOST)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.machine.size()).isEqualTo(1);
    }

    /** A wire as wide as the direct index: every absent host of it is asked for, over and over. */
    @Test
    void shouldBoundLookupsForAWholeSlash16OfAbsentHosts() {
        final int own = 0x0A090001;
        final int live = own + 9;
        try (Wire wide = new Wire(NeighborLimits.defaults(), own, 16)) {
            wide.query(live);
            wide.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, live, OWN_MAC, own));
            for (int second = 0; second < 30; second++) {
                for (int host = 2; host < 0xFFFF; host++) {
                    wide.query((own & ~0xFFFF) + host);
                }
                assertThat(wide.machine.size()).isLessThanOrEqualTo(1_024 + 1);
                wide.uses(live);
                wide.pass(1_000);
                wide.takeAsked();
                assertThat(wide.counted(NeighborCounter.REQUESTS_SENT)).isLessThanOrEqualTo(500 * (second + 2));
                assertThat(wide.seen(live)).isEqualTo("reachable 02:50:2a:16:6d:14");
            }
            assertThat(wide.counted(NeighborCounter.LIMITED_LOOKUPS)).isGreaterThan(30 * 60_000);
            assertThat(wide.counted(NeighborCounter.FAILED)).isPositive();

            for (int second = 0; second < 40; second++) {
                wide.query(0x0A09FE00 + second);
                wide.uses(live);
                wide.pass(1_000);
                if (wide.takeAsked().contains(live)) {
                    wide.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, live, OWN_MAC, own));
                }
            }
            assertThat(wide.seen(live))
                    .as("probed though others are asked for")
                    .isEqualTo("reachable 02:50:2a:16:6d:14");
            wide.pass(30_000);
            assertThat(wide.machine.size()).as("the absent are forgotten").isEqualTo(1);
        }
    }

    // ---- spoofed bindings for the gateway

    @Test
    void shouldKeepTheGatewayWhileItAnswersWhateverOthersClaim() {
        wire.resolveHost();
        for (int tenth = 0; tenth < 600; tenth++) {
            wire.uses(GATEWAY);
            wire.hears(frame(OTHER_MAC, Arp.REPLY, OTHER_MAC, GATEWAY, OWN_MAC, OWN));
            wire.hears(frame(OTHER_MAC, Arp.REPLY, OTHER_MAC, GATEWAY, Ethernet.BROADCAST, GATEWAY));
            wire.hears(frame(OTHER_MAC, Arp.REQUEST, OTHER_MAC, GATEWAY, 0, GATEWAY));
            wire.hears(frame(OTHER_MAC, Arp.REQUEST, OTHER_MAC, GATEWAY, 0, OWN));
            wire.pass(100);
            assertThat(wire.seen(GATEWAY)).endsWith("02:50:2a:16:6d:14");
            if (wire.takeFrames().contains(PROBE)) {
                wire.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, GATEWAY, OWN_MAC, OWN));
            }
        }
        assertThat(wire.counted(NeighborCounter.MOVED)).isZero();
        assertThat(wire.counted(NeighborCounter.DISPUTED))
                .as("one a claim that was looked at: each second, and a few at once")
                .isBetween(55L, 64L);
        assertThat(wire.counted(NeighborCounter.LIMITED_CLAIMS)).isGreaterThan(2_000);
        assertThat(wire.disputes)
                .as("said once a minute, and once that both answer")
                .containsExactly("192.168.1.20 14, not 99", "192.168.1.20 14, not 99, both");
        assertThat(wire.machine.size()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAForgedGatewayWhileItIsProbed() {
        wire.resolveHost();
        wire.pass(60_000);
        wire.uses(GATEWAY);
        wire.pass(5_000);
        assertThat(wire.seen(GATEWAY)).startsWith("probing");
        wire.hears(frame(OTHER_MAC, Arp.REPLY, OTHER_MAC, GATEWAY, OWN_MAC, OWN));
        wire.hears(frame(HOST_MAC, Arp.REPLY, OTHER_MAC, GATEWAY, OWN_MAC, OWN));

        assertThat(wire.seen(GATEWAY)).isEqualTo("probing 02:50:2a:16:6d:14");
        wire.hears(frame(HOST_MAC, Arp.REPLY, HOST_MAC, GATEWAY, OWN_MAC, OWN));
        assertThat(wire.seen(GATEWAY)).isEqualTo("reachable 02:50:2a:16:6d:14");
        assertThat(wire.counted(NeighborCounter.DISPUTED)).isEqualTo(1);
    }

    @Test
    void shouldNotEvenAskAboutAGatewayThatIsStatic() {
        wire.machine.addStatic(GATEWAY, HOST_MAC, NeighborReason.CONFIG, wire.nowMs);
        wire.takeChanges();
        for (int i = 0; i < 1_000; i++) {
            wire.hears(frame(OTHER_MAC, Arp.REPLY, OTHER_MAC, GATEWAY, OWN_MAC, OWN));
            wire.hears(frame(OTHER_MAC, Arp.REQUEST, OTHER_MAC, GATEWAY, 0, GATEWAY));
            wire.pass(100);
        }
        assertThat(wire.seen(GATEWAY)).isEqualTo("static 02:50:2a:16:6d:14");
        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.takeChanges()).isEmpty();
    }
}
