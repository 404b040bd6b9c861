package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put48;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u48;

import java.util.Arrays;
import org.portolan.dataplane.counter.DropReason;

/** A frame as it came in by a port (IEEE 802.3), and the first look at it. */
final class SpecFrame {
    static final int HEADER_BYTES = 14;
    static final int LEAST_BYTES = 60;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_SERVICE_VLAN = 0x88A8;
    private static final long GROUP = 1L << 40;

    final SpecPort port;

    /** Without a priority tag. */
    final byte[] bytes;

    /** Null when the frame holds none. */
    SpecPacket packet;

    /** Why the frame goes no further, or {@link DropReason#NONE}. */
    final DropReason reason;

    /** Whether it has waited for its next hop already. */
    boolean hasWaited;

    SpecFrame(final SpecPort port, final byte[] received) {
        this.port = port;
        final boolean isTagged = received.length >= 18 && u16(received, 12) == TYPE_VLAN;
        final boolean isPriority = isTagged && (u16(received, 14) & 0xFFF) == 0 && u16(received, 16) != TYPE_VLAN;
        bytes = isPriority ? untagged(received) : received;
        reason = check();
    }

    /** IN-5: a tag that carries a priority only is none. */
    private static byte[] untagged(final byte[] received) {
        final byte[] bytes = new byte[received.length - 4];
        System.arraycopy(received, 0, bytes, 0, 12);
        System.arraycopy(received, 16, bytes, 12, bytes.length - 12);
        return bytes;
    }

    private DropReason check() {
        if (bytes.length < HEADER_BYTES) {
            return DropReason.FRAME_TOO_SHORT;
        }
        if (source() == 0 || (source() & GROUP) != 0) {
            return DropReason.SOURCE_MAC_INVALID;
        }
        if (!isGroup() && u48(bytes, 0) != port.mac) {
            return DropReason.OTHER_HOST;
        }
        if (source() == port.mac) {
            return DropReason.OWN_SOURCE_MAC;
        }
        return switch (u16(bytes, 12)) {
            case TYPE_IPV4 -> checkPacket();
            case TYPE_VLAN, TYPE_SERVICE_VLAN -> DropReason.VLAN_TAGGED;
            default -> DropReason.ETHERTYPE_UNSUPPORTED;
        };
    }

    private DropReason checkPacket() {
        packet = new SpecPacket(Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
        return packet.reason != DropReason.NONE ? packet.reason : SpecFilter.addresses(this);
    }

    long source() {
        return u48(bytes, 6);
    }

    /** Whether it was sent to a group of hosts. */
    boolean isGroup() {
        return (u48(bytes, 0) & GROUP) != 0;
    }

    /** IN-4: a frame that leaves has its packet's length, padded with zeros. */
    static byte[] around(final byte[] packet, final long destination, final long source) {
        final byte[] frame = new byte[Math.max(LEAST_BYTES, HEADER_BYTES + packet.length)];
        put48(frame, 0, destination);
        put48(frame, 6, source);
        SpecBytes.put16(frame, 12, TYPE_IPV4);
        System.arraycopy(packet, 0, frame, HEADER_BYTES, packet.length);
        return frame;
    }
}
