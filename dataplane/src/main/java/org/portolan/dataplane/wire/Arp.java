package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |         Hardware type         |         Protocol type         |
 * +---------------+---------------+-------------------------------+
 * | Hardware size | Protocol size |           Operation           |
 * +---------------+---------------+-------------------------------+
 * |                          Sender MAC                           |
 * +-------------------------------+-------------------------------+
 * |          Sender MAC           |         Sender address        |
 * +-------------------------------+-------------------------------+
 * |        Sender address         |           Target MAC          |
 * +-------------------------------+-------------------------------+
 * |                          Target MAC                           |
 * +---------------------------------------------------------------+
 * |                        Target address                         |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Arp {
    public static final int HARDWARE_TYPE_OFFSET = 0;
    public static final int PROTOCOL_TYPE_OFFSET = 2;
    public static final int HARDWARE_SIZE_OFFSET = 4;
    public static final int PROTOCOL_SIZE_OFFSET = 5;
    public static final int OPERATION_OFFSET = 6;
    public static final int SENDER_MAC_OFFSET = 8;
    public static final int SENDER_ADDRESS_OFFSET = 14;
    public static final int TARGET_MAC_OFFSET = 18;
    public static final int TARGET_ADDRESS_OFFSET = 24;
    public static final int PACKET_BYTES = 28;

    public static final int HARDWARE_ETHERNET = 1;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private Arp() {}

    /** 0 for a whole request or reply of IPv4 over Ethernet, otherwise a {@link DropReason} code. */
    public static int check(final long arp, final int available) {
        if (available < PACKET_BYTES
                || Memory.u16(arp + HARDWARE_TYPE_OFFSET) != HARDWARE_ETHERNET
                || Memory.u16(arp + PROTOCOL_TYPE_OFFSET) != Ethernet.TYPE_IPV4
                || Memory.u8(arp + HARDWARE_SIZE_OFFSET) != 6
                || Memory.u8(arp + PROTOCOL_SIZE_OFFSET) != 4) {
            return DropReason.ARP_MALFORMED.code;
        }
        final int operation = operation(arp);
        return operation == REQUEST || operation == REPLY ? 0 : DropReason.ARP_MALFORMED.code;
    }

    public static int operation(final long arp) {
        return Memory.u16(arp + OPERATION_OFFSET);
    }

    public static long senderMac(final long arp) {
        return Memory.u48(arp + SENDER_MAC_OFFSET);
    }

    public static int senderAddress(final long arp) {
        return Memory.u32(arp + SENDER_ADDRESS_OFFSET);
    }

    public static long targetMac(final long arp) {
        return Memory.u48(arp + TARGET_MAC_OFFSET);
    }

    public static int targetAddress(final long arp) {
        return Memory.u32(arp + TARGET_ADDRESS_OFFSET);
    }

    /** Writes a whole packet. */
    public static void put(
            final long arp,
            final int operation,
            final long senderMac,
            final int senderAddress,
            final long targetMac,
            final int targetAddress) {
        Memory.putU16(arp + HARDWARE_TYPE_OFFSET, HARDWARE_ETHERNET);
        Memory.putU16(arp + PROTOCOL_TYPE_OFFSET, Ethernet.TYPE_IPV4);
        Memory.putU8(arp + HARDWARE_SIZE_OFFSET, 6);
        Memory.putU8(arp + PROTOCOL_SIZE_OFFSET, 4);
        Memory.putU16(arp + OPERATION_OFFSET, operation);
        Memory.putU48(arp + SENDER_MAC_OFFSET, senderMac);
        Memory.putU32(arp + SENDER_ADDRESS_OFFSET, senderAddress);
        Memory.putU48(arp + TARGET_MAC_OFFSET, targetMac);
        Memory.putU32(arp + TARGET_ADDRESS_OFFSET, targetAddress);
    }

    public static String describe(final long arp) {
        if (operation(arp) == REQUEST) {
            return "ARP who has %s, tell %s (%s)"
                    .formatted(
                            Ipv4.describeAddress(targetAddress(arp)),
                            Ipv4.describeAddress(senderAddress(arp)),
                            Ethernet.describeMac(senderMac(arp)));
        }
        return "ARP %s is at %s"
                .formatted(Ipv4.describeAddress(senderAddress(arp)), Ethernet.describeMac(senderMac(arp)));
    }
}
