package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** What an operator, the config and the interface order. */
class NeighborOrdersTest {
    private static final String PROBE =
            "02:50:2a:16:6d:14 ARP who has 192.168.1.20, tell 192.168.1.1 (02:00:00:00:00:01)";

    private final Wire wire = new Wire();

    @AfterEach
    void free() {
        wire.close();
    }

    @Test
    void shouldKeepAStaticEntryWhateverComes() {
        assertThat(wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs))
                .isEqualTo(NeighborMachine.Pinned.DONE);
        wire.takeFrames();
        wire.hearsReply(OTHER_MAC, HOST);
        wire.hearsRequest(OTHER_MAC, HOST, HOST);
        wire.hearsRequest(OTHER_MAC, HOST, OWN);
        wire.query(HOST);
        wire.uses(HOST);
        wire.pass(2_000_000);
        assertThat(wire.machine.flush(NeighborReason.OPERATOR)).isZero();

        assertThat(wire.seen(HOST)).isEqualTo("static 02:50:2a:16:6d:14");
        assertThat(wire.takeFrames()).as("only the reply").hasSize(1);
        assertThat(wire.takeChanges()).containsExactly("static added 192.168.1.20 - > 14, operator");
        assertThat(wire.machine.removeStatic(HOST, NeighborReason.OPERATOR)).isTrue();
        assertThat(wire.machine.removeStatic(HOST, NeighborReason.OPERATOR)).isFalse();
        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.takeChanges()).containsExactly("static removed 192.168.1.20 14 > -, operator");
    }

    @Test
    void shouldMakeAnyEntryStatic() {
        wire.query(HOST);
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.query(HOST + 1);
        wire.pass(4_000);
        wire.machine.addStatic(HOST + 1, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.machine.addStatic(HOST + 1, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.machine.addStatic(HOST + 1, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.pass(10_000);

        assertThat(wire.seen(HOST)).isEqualTo("static 02:50:2a:16:6d:14");
        assertThat(wire.seen(HOST + 1)).isEqualTo("static 02:50:2a:16:6d:99");
        assertThat(wire.takeChanges())
                .containsExactly(
                        "static added 192.168.1.20 - > 14, operator",
                        "static added 192.168.1.21 - > 14, operator",
                        "static added 192.168.1.21 14 > 99, operator");
    }

    @Test
    void shouldRefuseAStaticEntryThatCannotBe() {
        for (final int address : new int[] {OWN, 0xC0A801FF, 0xC0A80100, 0xE0000001, 0x7F000001, 0, -1}) {
            assertThatThrownBy(() -> wire.machine.addStatic(address, HOST_MAC, NeighborReason.OPERATOR, wire.nowMs))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(Ipv4.describeAddress(address) + " cannot be a neighbor's address here");
        }
        for (final long mac : new long[] {0, OWN_MAC, Ethernet.BROADCAST, 0x0100_5E00_0001L}) {
            assertThatThrownBy(() -> wire.machine.addStatic(HOST, mac, NeighborReason.OPERATOR, wire.nowMs))
                    .hasMessage(Ethernet.describeMac(mac) + " cannot be a neighbor's MAC");
        }
        assertThat(wire.machine.size()).isZero();
    }

    @Test
    void shouldFlushOneOrAll() {
        wire.resolveHost();
        wire.query(HOST + 1);
        wire.machine.addStatic(HOST + 2, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.takeChanges();

        assertThat(wire.machine.flush(HOST, NeighborReason.OPERATOR)).isTrue();
        assertThat(wire.machine.flush(HOST, NeighborReason.OPERATOR)).isFalse();
        assertThat(wire.machine.flush(NeighborReason.OPERATOR)).isEqualTo(1);

        assertThat(wire.takeChanges()).containsExactly("flushed 192.168.1.20 14 > -, operator");
        assertThat(wire.seen(HOST)).isEqualTo("none");
        assertThat(wire.seen(HOST + 1)).isEqualTo("none");
        assertThat(wire.seen(HOST + 2)).startsWith("static");
        wire.pass(10_000);
        assertThat(wire.machine.size()).isEqualTo(1);
    }

    @Test
    void shouldSayForEachChangeWhoseOrderItWas() {
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.CONFIG, wire.nowMs);
        wire.machine.removeStatic(HOST, NeighborReason.PEER);
        assertThat(wire.takeChanges())
                .containsExactly(
                        "static added 192.168.1.20 - > 14, config", "static removed 192.168.1.20 14 > -, peer");
        wire.resolveHost();
        wire.machine.flush(NeighborReason.NEW_DEVICE);
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.REMEMBERED, wire.nowMs);
        wire.machine.proxy(HOST);

        assertThat(wire.takeChanges())
                .containsExactly(
                        "flushed 192.168.1.20 14 > -, new-device",
                        "static added 192.168.1.20 - > 14, remembered",
                        "static removed 192.168.1.20 14 > -, own-address");
    }

    @Test
    void shouldKeepNoQuestionOpenForWhatBecameStatic() {
        wire.machine.restore(HOST, HOST_MAC, wire.nowMs);
        wire.machine.addStatic(HOST, OTHER_MAC, NeighborReason.OPERATOR, wire.nowMs);
        wire.pass(10_000);

        assertThat(wire.takeFrames()).isEmpty();
        assertThat(wire.seen(HOST)).isEqualTo("static 02:50:2a:16:6d:99");
    }

    @Test
    void shouldAskAgainForWhatIsUsedAfterTheLinkCameBack() {
        wire.resolveHost();
        wire.machine.linkUp(OWN_MAC, wire.nowMs);

        assertThat(wire.seen(HOST)).startsWith("stale");
        wire.uses(HOST);
        wire.pass(5_000);
        assertThat(wire.takeFrames()).contains(PROBE);
    }
}
