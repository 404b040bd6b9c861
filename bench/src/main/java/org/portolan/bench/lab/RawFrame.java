package org.portolan.bench.lab;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.portolan.dataplane.io.Offload;

/**
 * A whole Ethernet frame as a {@link RawSocket} sends and sees it, read with plain array arithmetic: a second opinion
 * on what the router's own codecs did.
 *
 * @param bytes from the destination MAC on
 * @param offload what is left for the hardware to do, packed as in {@link Offload}
 */
public record RawFrame(byte[] bytes, long offload) {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int ICMP_PROTOCOL = 1;
    public static final int TCP_PROTOCOL = 6;
    public static final int UDP_PROTOCOL = 17;

    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int ARP_BYTES = 28;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final int IP = ETHERNET_BYTES;

    /** A UDP packet with right checksums. MACs as {@code 02:00:00:00:00:01}, addresses dotted. */
    public static RawFrame udp(
            final String sourceMac,
            final String destinationMac,
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final int ttl,
            final byte[] payload) {
        final int length = UDP_BYTES + payload.length;
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + IPV4_BYTES + length);
        frame.put(mac(destinationMac)).put(mac(sourceMac)).putShort((short) IPV4);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (IPV4_BYTES + length))
                .putInt(0);
        frame.put((byte) ttl).put((byte) UDP_PROTOCOL).putShort((short) 0);
        frame.put(address(source)).put(address(destination));
        frame.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) length)
                .putShort((short) 0);
        frame.put(payload);
        final RawFrame made = new RawFrame(frame.array(), Offload.NONE);
        frame.putShort(IP + 10, (short) ~made.sum(IP, IPV4_BYTES, 0));
        final int checksum = ~made.sum(IP + IPV4_BYTES, length, made.pseudoHeaderSum(length)) & 0xFFFF;
        frame.putShort(IP + IPV4_BYTES + 6, (short) (checksum == 0 ? 0xFFFF : checksum));
        return made;
    }

    /** The same IPv4 packet as one of another protocol, what is behind its header unchanged. */
    public RawFrame asProtocol(final int protocol) {
        final byte[] changed = bytes.clone();
        changed[IP + 9] = (byte) protocol;
        changed[IP + 10] = 0;
        changed[IP + 11] = 0;
        final RawFrame made = new RawFrame(changed, offload);
        final int checksum = ~made.sum(IP, IPV4_BYTES, 0);
        changed[IP + 10] = (byte) (checksum >>> 8);
        changed[IP + 11] = (byte) checksum;
        return made;
    }

    /** The answer "{@code source} is at {@code sourceMac}" to who asked (RFC 826). */
    public static RawFrame arpReply(
            final String sourceMac, final String destinationMac, final String source, final String destination) {
        return arpReply(sourceMac, sourceMac, destinationMac, source, destination);
    }

    /** The same from a router with a virtual MAC: the frame comes from another MAC than the packet names. */
    public static RawFrame arpReply(
            final String frameMac,
            final String sourceMac,
            final String destinationMac,
            final String source,
            final String destination) {
        return arp(ARP_REPLY, frameMac, destinationMac, sourceMac, source, destinationMac, destination);
    }

    /**
     * The question who has {@code target}; with {@code source} as the target an announcement (RFC 5227 2.3).
     *
     * @param frameMac the frame's source, which may be another than the sender's in the packet
     */
    public static RawFrame arpRequest(
            final String frameMac, final String sourceMac, final String source, final String target) {
        return arp(ARP_REQUEST, frameMac, "ff:ff:ff:ff:ff:ff", sourceMac, source, "00:00:00:00:00:00", target);
    }

    private static RawFrame arp(
            final int operation,
            final String frameMac,
            final String destinationMac,
            final String senderMac,
            final String sender,
            final String targetMac,
            final String target) {
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET_BYTES + ARP_BYTES);
        frame.put(mac(destinationMac)).put(mac(frameMac)).putShort((short) ARP);
        frame.putShort((short) 1)
                .putShort((short) IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        frame.put(mac(senderMac)).put(address(sender)).put(mac(targetMac)).put(address(target));
        return new RawFrame(frame.array(), Offload.NONE);
    }

    /** Whether it says that this address is the sender's (RFC 826), as an answer. */
    public boolean answersFor(final String sender) {
        return bytes.length >= ETHERNET_BYTES + ARP_BYTES
                && etherType() == ARP
                && u16(ETHERNET_BYTES + 6) == ARP_REPLY
                && dotted(ETHERNET_BYTES + 14).equals(sender);
    }

    /** Whether it asks who has the address (RFC 826). */
    public boolean asksFor(final String target) {
        return bytes.length >= ETHERNET_BYTES + ARP_BYTES
                && etherType() == ARP
                && u16(ETHERNET_BYTES + 6) == ARP_REQUEST
                && dotted(ETHERNET_BYTES + 24).equals(target);
    }

    /** The same frame with an 802.1Q tag. */
    public RawFrame tagged(final int vlan) {
        final ByteBuffer frame = ByteBuffer.allocate(bytes.length + 4);
        frame.put(bytes, 0, 12).putShort((short) 0x8100).putShort((short) vlan).put(bytes, 12, bytes.length - 12);
        return new RawFrame(frame.array(), Offload.NONE);
    }

    private static byte[] mac(final String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    private static byte[] address(final String text) {
        return Host.at(text, 0).getAddress().getAddress();
    }

    private int u8(final int at) {
        return bytes[at] & 0xFF;
    }

    private int u16(final int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    public String destinationMac() {
        return HexFormat.ofDelimiter(":").formatHex(bytes, 0, 6);
    }

    public String sourceMac() {
        return HexFormat.ofDelimiter(":").formatHex(bytes, 6, 12);
    }

    public int etherType() {
        return u16(12);
    }

    /** Whether it is an IPv4 packet of this protocol, with a whole header and 8 bytes behind it. */
    public boolean carries(final int protocol) {
        return bytes.length >= ETHERNET_BYTES + IPV4_BYTES + 8 && etherType() == IPV4 && u8(IP + 9) == protocol;
    }

    public int ttl() {
        return u8(IP + 8);
    }

    public int totalLength() {
        return u16(IP + 2);
    }

    public String source() {
        return dotted(IP + 12);
    }

    public String destination() {
        return dotted(IP + 16);
    }

    private String dotted(final int at) {
        return "%d.%d.%d.%d".formatted(u8(at), u8(at + 1), u8(at + 2), u8(at + 3));
    }

    private int transport() {
        return IP + (u8(IP) & 0xF) * 4;
    }

    /** Of UDP or TCP. */
    public int sourcePort() {
        return u16(transport());
    }

    /** Of UDP or TCP. */
    public int destinationPort() {
        return u16(transport() + 2);
    }

    /** Type times 256 plus code. */
    public int icmpTypeAndCode() {
        return u16(transport());
    }

    /** What follows a UDP header. */
    public byte[] udpPayload() {
        return Arrays.copyOfRange(bytes, transport() + UDP_BYTES, IP + totalLength());
    }

    /** TCP flags, SYN being 2. */
    public int tcpFlags() {
        return u8(transport() + 13);
    }

    /** The value of the maximum segment size option of a SYN, or 0 when there is none. */
    public int tcpMaximumSegment() {
        final int end = transport() + (u8(transport() + 12) >>> 4) * 4;
        int at = transport() + 20;
        while (at < end && u8(at) != 0) {
            if (u8(at) == 2) {
                return u16(at + 2);
            }
            at += u8(at) == 1 ? 1 : Math.max(2, u8(at + 1));
        }
        return 0;
    }

    public boolean headerChecksumIsRight() {
        return sum(IP, transport() - IP, 0) == 0xFFFF;
    }

    /**
     * Whether the UDP or TCP checksum is right as it stands, or, where the frame is marked as left to offload, rightly
     * partial: the pseudo header's sum, and start and offset that name the checksum field.
     */
    public boolean transportChecksumIsRight() {
        final int length = totalLength() - (transport() - IP);
        final int field = carries(TCP_PROTOCOL) ? 16 : 6;
        if (Offload.needsChecksum(offload)) {
            return u16(transport() + field) == pseudoHeaderSum(length)
                    && Offload.checksumStart(offload) == transport()
                    && Offload.checksumOffset(offload) == field;
        }
        return sum(transport(), length, pseudoHeaderSum(length)) == 0xFFFF;
    }

    private int pseudoHeaderSum(final int length) {
        return fold(sum(IP + 12, 8, 0) + u8(IP + 9) + length);
    }

    private int sum(final int from, final int length, final int initial) {
        int sum = initial;
        for (int at = 0; at < length; at += 2) {
            sum += at + 1 < length ? u16(from + at) : u8(from + at) << 8;
        }
        return fold(sum);
    }

    private static int fold(final int sum) {
        final int once = (sum & 0xFFFF) + (sum >>> 16);
        return (once & 0xFFFF) + (once >>> 16);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final RawFrame frame && offload == frame.offload && Arrays.equals(bytes, frame.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "frame of %d bytes, offload 0x%x: %s"
                .formatted(bytes.length, offload, HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 96)));
    }
}
