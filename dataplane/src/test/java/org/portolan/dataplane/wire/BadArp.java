package org.portolan.dataplane.wire;

import java.util.Arrays;
import java.util.List;
import org.portolan.dataplane.counter.DropReason;

/**
 * What can be wrong with a whole ARP frame that the codecs refuse: a change to a right one, and what it is refused for.
 *
 * @param offset where the bytes go, from the Ethernet header's first
 * @param lengthBytes of the frame, or -1 for as long as it was
 */
public record BadArp(String name, DropReason reason, int offset, byte[] bytes, int lengthBytes) {
    private static final int ARP = Ethernet.HEADER_BYTES;

    public static List<BadArp> all() {
        return List.of(
                arp("hardware type 0", Arp.HARDWARE_TYPE_OFFSET, 0, 0),
                arp("hardware type 6, IEEE 802", Arp.HARDWARE_TYPE_OFFSET, 0, 6),
                arp("hardware type 256", Arp.HARDWARE_TYPE_OFFSET, 1, 0),
                arp("protocol type IPv6", Arp.PROTOCOL_TYPE_OFFSET, 0x86, 0xDD),
                arp("protocol type ARP", Arp.PROTOCOL_TYPE_OFFSET, 0x08, 0x06),
                arp("hardware size 0", Arp.HARDWARE_SIZE_OFFSET, 0),
                arp("hardware size 8", Arp.HARDWARE_SIZE_OFFSET, 8),
                arp("hardware size 255", Arp.HARDWARE_SIZE_OFFSET, 255),
                arp("protocol size 0", Arp.PROTOCOL_SIZE_OFFSET, 0),
                arp("protocol size 16", Arp.PROTOCOL_SIZE_OFFSET, 16),
                arp("operation 0", Arp.OPERATION_OFFSET, 0, 0),
                arp("operation 3, RARP request", Arp.OPERATION_OFFSET, 0, 3),
                arp("operation 4, RARP reply", Arp.OPERATION_OFFSET, 0, 4),
                arp("operation 8, InARP request", Arp.OPERATION_OFFSET, 0, 8),
                arp("operation 9, InARP reply", Arp.OPERATION_OFFSET, 0, 9),
                arp("operation 512", Arp.OPERATION_OFFSET, 2, 0),
                arp("operation 65535", Arp.OPERATION_OFFSET, 255, 255),
                cut("no packet", DropReason.ARP_MALFORMED, ARP),
                cut("a packet of 27 bytes", DropReason.ARP_MALFORMED, ARP + Arp.PACKET_BYTES - 1),
                cut("no whole Ethernet header", DropReason.FRAME_TOO_SHORT, ARP - 1),
                source("source zero", 0, 0, 0, 0, 0, 0),
                source("source broadcast", 255, 255, 255, 255, 255, 255),
                source("source multicast", 1, 0, 0x5E, 0, 0, 1));
    }

    private static BadArp arp(final String name, final int offset, final int... bytes) {
        return new BadArp(name, DropReason.ARP_MALFORMED, ARP + offset, octets(bytes), -1);
    }

    private static BadArp cut(final String name, final DropReason reason, final int lengthBytes) {
        return new BadArp(name, reason, 0, new byte[0], lengthBytes);
    }

    private static BadArp source(final String name, final int... mac) {
        return new BadArp(name, DropReason.SOURCE_MAC_INVALID, Ethernet.SOURCE_OFFSET, octets(mac), -1);
    }

    private static byte[] octets(final int... values) {
        final byte[] octets = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            octets[i] = (byte) values[i];
        }
        return octets;
    }

    /** A copy of a right frame with this wrong in it. */
    public byte[] of(final byte[] right) {
        final byte[] wrong = Arrays.copyOf(right, lengthBytes < 0 ? right.length : lengthBytes);
        System.arraycopy(bytes, 0, wrong, offset, bytes.length);
        return wrong;
    }

    @Override
    public String toString() {
        return name;
    }
}
