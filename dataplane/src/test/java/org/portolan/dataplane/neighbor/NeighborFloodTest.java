package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Arp;

/** What a flood can fill, and that live neighbors stay. */
class NeighborFloodTest {
    private Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    private void limit(final int entries, final int unresolved, final int unasked, final int requestsPerSecond) {
        wire.close();
        wire = new Wire(new NeighborLimits(entries, unresolved, unasked, requestsPerSecond));
    }

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

        assertThat(wire.machine.addStatic(HOST + 5, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs))
                .isEqualTo(NeighborMachine.Pinned.FULL);
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
        assertThat(wire.takeFrames()).as("lookups keep their share").hasSize(2);
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 20; i++) {
                assertThat(wire.machine.state(HOST + i)).isIn(NeighborState.UNCONFIRMED, NeighborState.REACHABLE);
            }
            for (final String frame : wire.takeFrames()) {
                final int last = frame.indexOf("192.168.1.") + 10;
                final int host = Integer.parseInt(frame.substring(last, frame.indexOf(',')));
                wire.hearsReply(HOST_MAC + host - 20, 0xC0A80100 + host);
            }
            wire.pass(1_000);
            assertThat(wire.frames).hasSizeLessThanOrEqualTo(2);
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
            assertThat(NeighborState.name(wire.machine.state(address)))
                    .isEqualTo(wire.seen(address).split(" ")[0]);
            wire.frames.clear();
            wire.changes.clear();
        }
        final int[] statics = new int[1];
        wire.machine.snapshot(wire.nowMs, (address, mac, state, ageMs, lastUsedS, contestedMac) -> {
            statics[0] += state == NeighborState.STATIC ? 1 : 0;
        });
        assertThat(wire.machine.statics()).isEqualTo(statics[0]).isPositive();
        wire.machine.flush(NeighborReason.OPERATOR);
        wire.pass(1_000);
    }

    private void onRare(final int which, final int address, final long mac) {
        switch (which) {
            case 0 -> wire.machine.flush(NeighborReason.OPERATOR);
            case 1 -> wire.machine.linkUp(OWN_MAC, wire.nowMs);
            case 2, 3 -> wire.machine.flush(address, NeighborReason.OPERATOR);
            case 4, 5 -> wire.machine.removeStatic(address, NeighborReason.OPERATOR);
            case 6 -> {
                if (address != OWN && address != 0xC0A80100) {
                    wire.machine.addStatic(address, mac, NeighborReason.OPERATOR, wire.nowMs);
                }
            }
            case 7, 8, 9 -> wire.machine.suggest(address, mac, wire.nowMs);
            case 10, 11, 12 -> wire.machine.recheck(address, wire.nowMs);
            default -> wire.machine.restore(address, mac, wire.nowMs);
        }
    }
}
