package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecBytes.put16;
import static org.portolan.dataplane.model.SpecBytes.put32;
import static org.portolan.dataplane.model.SpecBytes.put48;
import static org.portolan.dataplane.model.SpecBytes.put8;
import static org.portolan.dataplane.model.SpecBytes.u16;
import static org.portolan.dataplane.model.SpecBytes.u8;

import java.util.Arrays;

/** Makes the frames of an action: right ones, and then what the action says is wrong with them. */
final class TraceFrames {
    /** Of any link of a trace. What is larger is never fragmented, as fragments are not specified yet. */
    private static final int LEAST_MTU = 576;

    private TraceFrames() {}

    /** A whole frame to a port. */
    static byte[] frame(final SpecPort port, final byte[] packet, final TraceMangle mangle) {
        byte[] frame = SpecFrame.around(packet, port.mac, TraceNetwork.HOST_MAC);
        switch (mangle) {
            case OTHER_MAC -> put48(frame, 0, port.mac ^ 0xFF00);
            case OWN_MAC -> put48(frame, 6, port.mac);
            case GROUP_SOURCE -> put48(frame, 6, 0x0100_5E00_0001L);
            case BROADCAST_MAC -> put48(frame, 0, 0xFFFF_FFFF_FFFFL);
            case PRIORITY_TAG -> frame = tagged(frame, 3 << 13);
            case VLAN_TAG -> frame = tagged(frame, 5);
            case OTHER_TYPE -> put16(frame, 12, 0x86DD);
            case TRAILER -> {
                final int length = frame.length;
                frame = Arrays.copyOf(frame, length + 7);
                Arrays.fill(frame, 14 + packet.length, length + 7, (byte) 0x5A);
            }
            default -> {}
        }
        return frame;
    }

    private static byte[] tagged(final byte[] frame, final int tag) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        put16(tagged, 12, 0x8100);
        put16(tagged, 14, tag);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    /** A packet of a flow, with the action's flags, numbers, payload and TTL. */
    static byte[] packet(final TraceAction action, final SpecFlow flow) {
        final byte[] transport = switch (flow.protocol()) {
            case SpecProtocol.UDP -> udp(action, flow);
            case SpecProtocol.TCP -> tcp(action, flow);
            case SpecProtocol.ICMP -> query(action, flow);
            default -> payload(8 + action.length());
        };
        return mangled(action.mangle(), around(action, flow, flow.protocol(), transport, 0));
    }

    private static byte[] payload(final int bytes) {
        final byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) (i * 7 + 1);
        }
        return payload;
    }

    private static byte[] udp(final TraceAction action, final SpecFlow flow) {
        final byte[] udp = new byte[8 + action.length()];
        put16(udp, 0, flow.sourcePort());
        put16(udp, 2, flow.destinationPort());
        put16(udp, 4, udp.length);
        System.arraycopy(payload(action.length()), 0, udp, 8, action.length());
        return udp;
    }

    private static byte[] tcp(final TraceAction action, final SpecFlow flow) {
        final byte[] options = switch (action.mangle()) {
            case MSS -> new byte[] {2, 4, 0x05, (byte) 0xB4, 1, 1, 2, 4, 0x07, (byte) 0xD0, 0, 0};
            case ODD_MSS -> new byte[] {1, 2, 4, 0x05, (byte) 0xB4, 3, 3, 7};
            case BAD_TCP_OPTIONS -> new byte[] {2, 4, 0x05, (byte) 0xB4, 8, 40, 2, 4};
            default -> new byte[0];
        };
        final int header = 20 + options.length;
        final byte[] tcp = new byte[header + action.length()];
        put16(tcp, 0, flow.sourcePort());
        put16(tcp, 2, flow.destinationPort());
        put32(tcp, 4, action.sequence());
        put32(tcp, 8, action.acknowledgment());
        put8(tcp, 12, header / 4 << 4);
        put8(tcp, 13, action.flags());
        put16(tcp, 14, 4096);
        System.arraycopy(options, 0, tcp, 20, options.length);
        System.arraycopy(payload(action.length()), 0, tcp, header, action.length());
        return tcp;
    }

    private static byte[] query(final TraceAction action, final SpecFlow flow) {
        final boolean isTimestamp = action.flags() == SpecIcmp.TIMESTAMP || action.flags() == SpecIcmp.TIMESTAMP_REPLY;
        final byte[] icmp = new byte[8 + (isTimestamp ? 12 : action.length())];
        put8(icmp, 0, action.flags());
        put16(icmp, 4, flow.sourcePort());
        put16(icmp, 6, action.sequence());
        System.arraycopy(payload(icmp.length - 8), 0, icmp, 8, icmp.length - 8);
        return icmp;
    }

    /** The transport in a packet with right checksums. */
    private static byte[] around(
            final TraceAction action,
            final SpecFlow flow,
            final int protocol,
            final byte[] transport,
            final int optionBytes) {
        final byte[] options = options(action.mangle());
        final int header = 20 + options.length + optionBytes;
        final byte[] packet = new byte[header + transport.length];
        put8(packet, 0, 0x40 | header / 4);
        put16(packet, 2, packet.length);
        put16(packet, 4, action.sequence() * 31 + action.nearPort());
        final boolean isWhole = action.mangle() == TraceMangle.DONT_FRAGMENT || packet.length > LEAST_MTU;
        put16(packet, 6, isWhole ? 0x4000 : 0);
        put8(packet, 8, action.ttl() == 0 ? 64 : action.ttl());
        put8(packet, 9, protocol);
        put32(packet, 12, flow.source());
        put32(packet, 16, flow.destination());
        System.arraycopy(options, 0, packet, 20, options.length);
        Arrays.fill(packet, 20 + options.length, header, (byte) 1);
        SpecPacket.putHeaderChecksum(packet, header);
        System.arraycopy(transport, 0, packet, header, transport.length);
        putTransportChecksum(packet, header, protocol);
        return packet;
    }

    private static byte[] options(final TraceMangle mangle) {
        return switch (mangle) {
            case OPTIONS -> new byte[] {1, 7, 7, 4, 0, 0, 0, 0};
            case SOURCE_ROUTE -> new byte[] {(byte) 131, 7, 4, 8, 8, 8, 8, 0};
            case BAD_OPTIONS -> new byte[] {7, 60, 4, 0};
            default -> new byte[0];
        };
    }

    private static void putTransportChecksum(final byte[] packet, final int header, final int protocol) {
        if (!SpecProtocol.hasPorts(protocol)) {
            return;
        }
        final int at = header
                + switch (protocol) {
                    case SpecProtocol.UDP -> 6;
                    case SpecProtocol.TCP -> 16;
                    default -> 2;
                };
        if (at + 2 <= packet.length) {
            put16(packet, at, 0);
            final int checksum = ~SpecPacket.transportSum(packet, header, protocol) & 0xFFFF;
            put16(packet, at, protocol == SpecProtocol.UDP ? SpecChecksum.neverZero(checksum) : checksum);
        }
    }

    private static byte[] mangled(final TraceMangle mangle, final byte[] packet) {
        final int header = (u8(packet, 0) & 0xF) * 4;
        final int protocol = u8(packet, 9);
        switch (mangle) {
            case VERSION -> put8(packet, 0, 0x60 | header / 4);
            case HEADER_LENGTH -> put8(packet, 0, 0x44);
            case TOTAL_LENGTH -> put16(packet, 2, 1600);
            case SHORT_TOTAL_LENGTH -> put16(packet, 2, header + 4);
            case PROTOCOL -> put8(packet, 9, SpecProtocol.GRE);
            case PROTOCOL_ZERO -> put8(packet, 9, 0);
            case NO_UDP_CHECKSUM -> {
                if (protocol == SpecProtocol.UDP) {
                    put16(packet, header + 6, 0);
                }
            }
            case TRANSPORT_CHECKSUM -> {
                final int at = header + (protocol == SpecProtocol.UDP ? 6 : protocol == SpecProtocol.TCP ? 16 : 2);
                put16(packet, at, u16(packet, at) ^ 0x1234);
            }
            case TRANSPORT_LENGTH -> {
                if (protocol == SpecProtocol.UDP) {
                    put16(packet, header + 4, 7);
                } else if (protocol == SpecProtocol.TCP) {
                    put8(packet, header + 12, 0x40);
                }
            }
            case PORT_ZERO -> put16(packet, header, 0);
            default -> {}
        }
        SpecPacket.putHeaderChecksum(packet, (u8(packet, 0) & 0xF) * 4);
        if (mangle == TraceMangle.IP_CHECKSUM) {
            put16(packet, 10, u16(packet, 10) ^ 0x0100);
        }
        return packet;
    }

    /**
     * An ICMP error that quotes a packet.
     *
     * @param quoted the packet's flow as the sender of the error saw it
     */
    static byte[] error(final TraceAction action, final int source, final SpecFlow quoted) {
        final TraceMangle mangle = action.mangle();
        final TraceAction plain = action.withMangle(TraceMangle.NONE).withTtl(0);
        final byte[] transport = switch (quoted.protocol()) {
            case SpecProtocol.UDP -> udp(plain, quoted);
            case SpecProtocol.TCP -> tcp(plain, quoted);
            case SpecProtocol.ICMP -> query(plainQuery(plain), quoted);
            default -> payload(8 + action.length());
        };
        byte[] quote = around(plain, quoted, quoted.protocol(), transport, mangle == TraceMangle.QUOTE_OPTIONS ? 8 : 0);
        final int header = (u8(quote, 0) & 0xF) * 4;
        switch (mangle) {
            case QUOTE_CHECKSUM -> put16(quote, 10, u16(quote, 10) ^ 1);
            case QUOTE_SHORT -> quote = Arrays.copyOf(quote, header + 8);
            case QUOTE_HALF_TCP -> quote = Arrays.copyOf(quote, Math.min(quote.length, header + 17));
            case QUOTE_FRAGMENT -> {
                put16(quote, 6, 10);
                SpecPacket.putHeaderChecksum(quote, header);
            }
            case QUOTE_PROTOCOL, QUOTE_PROTOCOL_ZERO -> {
                put8(quote, 9, mangle == TraceMangle.QUOTE_PROTOCOL ? SpecProtocol.GRE : 0);
                SpecPacket.putHeaderChecksum(quote, header);
            }
            case QUOTE_TRANSPORT_CHECKSUM -> {
                final int at = header + (quoted.protocol() == SpecProtocol.UDP ? 6 : 2);
                put16(quote, at, u16(quote, at) ^ 0x4321);
            }
            case NO_UDP_CHECKSUM -> {
                if (quoted.protocol() == SpecProtocol.UDP) {
                    put16(quote, header + 6, 0);
                }
            }
            default -> {}
        }
        final boolean isExtended = mangle == TraceMangle.QUOTE_EXTENSION;
        final int quoteBytes = isExtended ? 128 : quote.length;
        final byte[] icmp = new byte[8 + quoteBytes + (isExtended ? 12 : 0)];
        put16(icmp, 0, action.flags());
        if (isExtended) {
            put8(icmp, 5, quoteBytes / 4);
            put32(icmp, 8 + quoteBytes, 0x2000_1234);
            put32(icmp, 12 + quoteBytes, 0x0008_0101);
        }
        System.arraycopy(quote, 0, icmp, 8, Math.min(quote.length, quoteBytes));
        final int to = mangle == TraceMangle.MISDIRECTED ? quoted.source() ^ 3 : quoted.source();
        final SpecFlow outer = new SpecFlow(SpecProtocol.ICMP, source, 0, to, 0);
        return mangled(mangle, around(action, outer, SpecProtocol.ICMP, icmp, 0));
    }

    private static TraceAction plainQuery(final TraceAction action) {
        return new TraceAction(
                action.verb(),
                action.port(),
                action.protocol(),
                action.near(),
                action.nearPort(),
                action.far(),
                action.farPort(),
                action.verb() == TraceAction.Verb.ERROR_OUT ? SpecIcmp.ECHO_REPLY : SpecIcmp.ECHO,
                action.sequence(),
                action.acknowledgment(),
                action.length(),
                0,
                TraceMangle.NONE,
                0);
    }
}
