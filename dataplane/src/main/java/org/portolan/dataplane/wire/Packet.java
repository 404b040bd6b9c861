package org.portolan.dataplane.wire;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;

/**
 * One checked IPv4 packet: where its headers are, and the {@link Flow} that it belongs to. Filled once by {@link
 * #parse}; after a 0 from it every accessor of the codecs is total on these addresses. Owned by one worker, and used
 * again for every packet.
 */
public final class Packet {
    /** Kinds of packet, as far as translation tells them apart. */
    public static final int KIND_UDP = 0;

    public static final int KIND_TCP = 1;
    public static final int KIND_QUERY = 2;
    public static final int KIND_QUERY_REPLY = 3;
    public static final int KIND_ICMP_ERROR = 4;

    /** Another protocol's: only its addresses are translated. */
    public static final int KIND_OTHER = 5;

    /** A fragment other than the first: it has no ports. */
    public static final int KIND_LATER_FRAGMENT = 6;

    /** What {@link #parse} says of a fragment that may be carried. Only the first one of a datagram has ports. */
    public static final int FRAGMENT = -1;

    /** A fragment. */
    private static final int IN_PARTS = 0x100;

    /** Larger than its way out takes. */
    private static final int TO_BE_CUT = 0x200;

    /** What a packet has of which {@link #needsCare} speaks. */
    private static final int CARE = Tcp.SYN | IN_PARTS | TO_BE_CUT;

    private long ip;
    private long transport;
    private int totalLength;
    private int headerLength;
    private int ttlToChecksum;
    private int sender;
    private int receiver;
    private int kind;
    private long flowAddresses;
    private long flowPorts;
    /** TCP's in the lowest byte, and this class's own above them. */
    private int flags;

    /**
     * Checks the packet that starts at {@code ip} and takes its flow.
     *
     * @param available bytes in the frame from {@code ip} on; padding after the packet is allowed
     * @return 0, {@link #FRAGMENT}, or a {@link DropReason} code; then the fields hold nothing of use
     */
    public int parse(final long ip, final int available) {
        if (available < Ipv4.HEADER_BYTES) {
            return DropReason.IPV4_TOO_SHORT.code;
        }
        final long first = Memory.u64(ip);
        final long second = Memory.u64(ip + Ipv4.TTL_OFFSET);
        receiver = Ipv4.destination(ip);
        final int reason = Ipv4.check(ip, available, first, second, receiver);
        if (reason != 0) {
            return reason;
        }
        this.ip = ip;
        totalLength = Ipv4.totalLengthIn(first);
        headerLength = Ipv4.headerLengthIn(first);
        transport = ip + headerLength;
        ttlToChecksum = (int) (second >>> 32);
        sender = (int) second;
        flowAddresses = Flow.addresses(sender, receiver);
        flags = 0;
        if (Ipv4.isFragmentIn(first)) {
            return parseFragment(Ipv4.fragmentWordIn(first), (int) (second >>> 48) & 0xFF);
        }
        final int length = totalLength - headerLength;
        return switch ((int) (second >>> 48) & 0xFF) {
            case Ipv4.UDP -> parseUdp(length);
            case Ipv4.TCP -> parseTcp(length);
            case Ipv4.ICMP -> parseIcmp(length);
            default -> parseOther((int) (second >>> 48) & 0xFF);
        };
    }

    /** Protocol 0 is none: no host sends it, and static rules use the number for all protocols. */
    private int parseOther(final int protocol) {
        kind = KIND_OTHER;
        flowPorts = Flow.ports(protocol, 0);
        return protocol == 0 ? DropReason.PROTOCOL_UNSUPPORTED.code : 0;
    }

    private int parseUdp(final int length) {
        kind = KIND_UDP;
        if (length < Udp.HEADER_BYTES) {
            return DropReason.UDP_LENGTH.code;
        }
        final long header = Memory.u64(transport);
        flowPorts = Flow.ports(Ipv4.UDP, (int) (header >>> 32));
        return Udp.checkHeader(header, length);
    }

    private int parseTcp(final int length) {
        kind = KIND_TCP;
        final int reason = Tcp.check(transport, length);
        if (reason == 0) {
            flowPorts = Flow.ports(Ipv4.TCP, Memory.u32(transport));
            flags = Tcp.flags(transport);
        }
        return reason;
    }

    private int parseFragment(final int word, final int protocol) {
        final int length = totalLength - headerLength;
        int reason = Fragment.check(word, headerLength, length, protocol);
        if (reason == 0) {
            reason = Fragment.offset(word) != 0 ? parseLater(protocol) : parseFirst(protocol, length);
        }
        flags |= IN_PARTS;
        return reason == 0 ? FRAGMENT : reason;
    }

    private int parseLater(final int protocol) {
        kind = KIND_LATER_FRAGMENT;
        flowPorts = Flow.ports(protocol, 0);
        return 0;
    }

    /** The transport's header is here, the rest of it is not: what it says of the whole is not verified. */
    private int parseFirst(final int protocol, final int length) {
        switch (protocol) {
            case Ipv4.UDP -> {
                kind = KIND_UDP;
                flowPorts = Flow.ports(Ipv4.UDP, Memory.u32(transport));
                return Udp.checkFirst(transport, length);
            }
            case Ipv4.TCP -> {
                return Tcp.isHeaderWithin(transport, length) ? parseTcp(length) : DropReason.FRAGMENT_TINY.code;
            }
            case Ipv4.ICMP -> {
                kind = Icmp.isQuery(Icmp.type(transport)) ? KIND_QUERY : KIND_QUERY_REPLY;
                flowPorts = identifierPorts(transport);
                return Icmp.checkFirst(transport);
            }
            default -> {
                return parseOther(protocol);
            }
        }
    }

    private int parseIcmp(final int length) {
        final int reason = Icmp.check(transport, length);
        if (reason != 0) {
            return reason;
        }
        final int type = Icmp.type(transport);
        if (Icmp.isError(type)) {
            return parseQuote();
        }
        kind = Icmp.isQuery(type) ? KIND_QUERY : KIND_QUERY_REPLY;
        flowPorts = identifierPorts(transport);
        return 0;
    }

    private static long identifierPorts(final long icmp) {
        final int identifier = Icmp.identifier(icmp);
        return Flow.ports(Ipv4.ICMP, identifier << 16 | identifier);
    }

    private int parseQuote() {
        kind = KIND_ICMP_ERROR;
        final long quote = quote();
        final long quoted = quotedTransport();
        final int protocol = Ipv4.protocol(quote);
        flowAddresses = Flow.addresses(Ipv4.destination(quote), Ipv4.source(quote));
        switch (protocol) {
            case Ipv4.UDP, Ipv4.TCP -> {
                flowPorts = Flow.ports(protocol, Integer.rotateLeft(Memory.u32(quoted), 16));
                return 0;
            }
            case Ipv4.ICMP -> {
                final int type = Icmp.type(quoted);
                if (!Icmp.isQuery(type) && !Icmp.isQueryReply(type)) {
                    return DropReason.ICMP_QUOTE.code;
                }
                flowPorts = identifierPorts(quoted);
                return 0;
            }
            default -> {
                flowPorts = Flow.ports(protocol, 0);
                return protocol == 0 ? DropReason.ICMP_QUOTE.code : 0;
            }
        }
    }

    /** Address of the IPv4 header. */
    public long ip() {
        return ip;
    }

    /** Address of the UDP, TCP or ICMP header, or of whatever follows the IPv4 header. */
    public long transport() {
        return transport;
    }

    /** The IPv4 total length, bytes; a segmentation offload frame's is up to 65,535. */
    public int totalLength() {
        return totalLength;
    }

    public int headerLength() {
        return headerLength;
    }

    /** As it came. */
    public int ttl() {
        return ttlToChecksum >>> 24;
    }

    /** The IPv4 header's TTL, protocol and checksum, as they came. */
    public int ttlToChecksum() {
        return ttlToChecksum;
    }

    /** The IPv4 header's source, as it came. */
    public int sender() {
        return sender;
    }

    /** The IPv4 header's destination, as it came. */
    public int receiver() {
        return receiver;
    }

    /**
     * Gives the packet another flow to be looked up by, and leaves its bytes as they are.
     *
     * @param ports without a realm
     */
    public void flow(final long addresses, final long ports) {
        flowAddresses = addresses;
        flowPorts = ports;
    }

    /** One of the KIND constants. */
    public int kind() {
        return kind;
    }

    public boolean isIcmpError() {
        return kind == KIND_ICMP_ERROR;
    }

    /** The addresses of the packet's {@link Flow}. */
    public long flowAddresses() {
        return flowAddresses;
    }

    /** Protocol and ports of the packet's {@link Flow}, without a realm. */
    public long flowPorts() {
        return flowPorts;
    }

    /**
     * The flow's IP protocol number; for an ICMP error the quoted packet's.
     */
    public int protocol() {
        return Flow.protocol(flowPorts);
    }

    /** The flow's source address: for an ICMP error the quoted packet's destination. */
    public int source() {
        return Flow.source(flowAddresses);
    }

    /** The flow's destination address: for an ICMP error the quoted packet's source. */
    public int destination() {
        return Flow.destination(flowAddresses);
    }

    public int sourcePort() {
        return Flow.sourcePort(flowPorts);
    }

    public int destinationPort() {
        return Flow.destinationPort(flowPorts);
    }

    /** TCP flags, 0 for other kinds. */
    public int tcpFlags() {
        return flags & 0xFF;
    }

    /** Whether more is to be done than to send it: a SYN, a fragment, or a packet that is too large. */
    public boolean needsCare() {
        return (flags & CARE) != 0;
    }

    /** Whether it is a fragment, the first one included. */
    public boolean isFragment() {
        return (flags & IN_PARTS) != 0;
    }

    /** Whether it is a fragment other than the first. */
    public boolean isLaterFragment() {
        return kind == KIND_LATER_FRAGMENT;
    }

    /** Notes that its way out takes only parts of it. */
    public void markTooLarge() {
        flags |= TO_BE_CUT;
    }

    /** Whether its way out takes only parts of it. */
    public boolean isTooLarge() {
        return (flags & TO_BE_CUT) != 0;
    }

    /** Address of the IPv4 header quoted in an ICMP error. */
    public long quote() {
        return transport + Icmp.QUOTE_OFFSET;
    }

    /** Address of the quoted packet's transport header, of which at least 8 bytes are there. */
    public long quotedTransport() {
        return quote() + Ipv4.headerLength(quote());
    }

    /** Bytes of the quoted packet that are here, its header included. */
    public int quoteLength() {
        return totalLength - headerLength - Icmp.QUOTE_OFFSET;
    }
}
