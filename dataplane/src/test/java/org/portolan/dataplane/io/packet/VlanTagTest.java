package org.portolan.dataplane.io.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/** What a slot's header says about a tag that the kernel took off. */
class VlanTagTest {
    private static final int VALID = PacketSocket.TP_STATUS_USER | PacketSocket.TP_STATUS_VLAN_VALID;
    private static final int TYPED = VALID | PacketSocket.TP_STATUS_VLAN_TPID_VALID;

    private static int state(final int status, final int control, final int type) {
        try (Slab slot = Slab.allocate(64, "a slot's header")) {
            Memory.putShort(slot.address() + PacketSocket.VLAN_TCI_OFFSET, (short) control);
            Memory.putShort(slot.address() + PacketSocket.VLAN_TPID_OFFSET, (short) type);
            return ReceiveRing.tagged(slot.address(), status);
        }
    }

    @Test
    void shouldTakeAPriorityTagForNone() {
        assertThat(state(VALID, 0x0000, 0)).isZero();
        assertThat(state(VALID, 0xE000, 0)).isZero();
        assertThat(state(TYPED, 0xF000, 0x8100)).isZero();
    }

    @Test
    void shouldTakeEveryOtherTagForAVlan() {
        assertThat(state(VALID, 0x0001, 0)).isEqualTo(Frame.VLAN_TAGGED);
        assertThat(state(TYPED, 0xEFFF, 0x8100)).isEqualTo(Frame.VLAN_TAGGED);
        assertThat(state(TYPED, 0x0000, 0x88A8)).as("802.1ad").isEqualTo(Frame.VLAN_TAGGED);
    }
}
