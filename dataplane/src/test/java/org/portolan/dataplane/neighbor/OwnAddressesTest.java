package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/** The router's own addresses: announced, answered for, defended; and its frames. */
class OwnAddressesTest {
    private static final int POOL = OWN + 100;
    private static final String ANNOUNCE =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.1, tell 192.168.1.1 (02:00:00:00:00:01)";
    private static final String ANNOUNCE_POOL =
            "ff:ff:ff:ff:ff:ff ARP who has 192.168.1.101, tell 192.168.1.101 (02:00:00:00:00:01)";

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

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
        assertThat(wire.takeChanges()).contains("flushed 192.168.1.101 14 > -, own-address");
    }

    @Test
    @DisplayName("RFC 3021: both addresses of a /31 are hosts")
    void shouldKnowHostsOfTheShortestSubnets() {
        final OwnAddresses pair = new OwnAddresses(OWN_MAC, 0xC0A80101, 31);
        assertThat(pair.isSubnetHost(0xC0A80100)).isTrue();
        assertThat(pair.canBeNeighbor(0xC0A80100)).isTrue();
        assertThat(pair.isSubnetHost(0xC0A80102)).isFalse();
        final OwnAddresses single = new OwnAddresses(OWN_MAC, 0xC0A80101, 32);
        assertThat(single.isSubnetHost(0xC0A80100)).isFalse();
        assertThat(single.canBeNeighbor(0xC0A80100)).isTrue();
        assertThat(single.canBeNeighbor(0xC0A80101)).isFalse();
        assertThatThrownBy(() -> new OwnAddresses(OWN_MAC, OWN, 0)).hasMessageContaining("prefix length 0");
        assertThatThrownBy(() -> new OwnAddresses(Ethernet.BROADCAST, OWN, 24)).hasMessageContaining("ff:ff:ff");
    }

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
        assertThatThrownBy(() -> new NeighborTimers(999, 3, 5_000, 60_000, 5_000, 1_200_000, 1, 500, 10_000))
                .hasMessage("retryMs is 999, allowed is 1000 or more (RFC 1122 2.3.2.1)");
        assertThatThrownBy(() -> new NeighborTimers(1_000, 0, 5_000, 60_000, 5_000, 1_200_000, 1, 500, 10_000))
                .hasMessageContaining("tries is 0");
        assertThatThrownBy(() -> new NeighborTimers(1_000, 3, 5_000, 60_000, 5_000, 1_200_000, 1, 99, 1_000))
                .hasMessageContaining("claimRetryMs is 99");
        assertThatThrownBy(() -> new NeighborTimers(1_000, 3, 5_000, 60_000, 5_000, 1_200_000, 1, 500, 999))
                .hasMessageContaining("claimIntervalMs is 999");
        assertThatThrownBy(() -> new NeighborLimits(10, 11, 1, 5)).hasMessageContaining("unresolved 11");
        assertThatThrownBy(() -> new NeighborLimits(10, 10, 1, 4)).hasMessageContaining("requestsPerSecond 4");
    }
}
