package org.portolan.control.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A frame that the router sent, in the words of {@link FrameWords}, with the MAC that it goes to; checks its checksums.
 */
final class FrameReader {
    private static final String FLAGS = "FSRPA";

    private FrameReader() {}

    static String words(final byte[] bytes) {
        final ByteBuffer frame = ByteBuffer.wrap(bytes);
        final String to = "to " + mac(frame, 0) + ": ";
        return switch (frame.getShort(12) & 0xFFFF) {
            case 0x0806 -> to + arp(frame);
            case 0x0800 -> to + packet(Arrays.copyOfRange(bytes, 14, 14 + (frame.getShort(16) & 0xFFFF)), true);
            default -> to + "type %04x".formatted(frame.getShort(12));
        };
    }

    private static String arp(final ByteBuffer frame) {
        final String sender = address(frame.getInt(28));
        final String target = address(frame.getInt(38));
        return frame.getShort(20) == 1
                ? sender.equals(target) ? "arp announces " + sender : "arp who-has %s tell %s".formatted(target, sender)
                : "arp %s is-at %s".formatted(sender, mac(frame, 22));
    }

    /** @param whole whether all of it is here: a quoted packet is cut, and its TTL and checksums are not looked at */
    private static String packet(final byte[] bytes, final boolean whole) {
        final ByteBuffer ip = ByteBuffer.wrap(bytes);
        final int protocol = ip.get(9);
        final String source = address(ip.getInt(12));
        final String destination = address(ip.getInt(16));
        final byte[] rest = Arrays.copyOfRange(bytes, 20, bytes.length);
        final String text = switch (protocol) {
            case FrameWords.UDP -> udp(source, destination, rest);
            case FrameWords.TCP -> tcp(source, destination, rest, whole);
            case FrameWords.ICMP -> icmp(source, destination, rest);
            default -> "protocol %d %s > %s".formatted(protocol, source, destination);
        };
        if (!whole) {
            return text;
        }
        final boolean header = FrameWords.sum(Arrays.copyOf(bytes, 20), 0) == 0;
        final long start = protocol == FrameWords.ICMP
                ? 0
                : FrameWords.pseudo(ip.getInt(12), ip.getInt(16), protocol, rest.length);
        final boolean transport = FrameWords.sum(rest, start) == 0;
        return "ttl %d %s%s%s"
                .formatted(
                        ip.get(8) & 0xFF,
                        text,
                        header ? "" : " WRONG HEADER CHECKSUM",
                        transport ? "" : " WRONG CHECKSUM");
    }

    private static String udp(final String source, final String destination, final byte[] bytes) {
        return "udp %s:%d > %s:%d \"%s\"".formatted(source, u16(bytes, 0), destination, u16(bytes, 2), text(bytes, 8));
    }

    private static String tcp(final String source, final String destination, final byte[] bytes, final boolean whole) {
        final String ports = "tcp %s:%d > %s:%d ".formatted(source, u16(bytes, 0), destination, u16(bytes, 2));
        final ByteBuffer tcp = ByteBuffer.wrap(bytes);
        if (!whole) {
            return ports + "sequence %d".formatted(tcp.getInt(4) & 0xFFFF_FFFFL);
        }
        final StringBuilder flags = new StringBuilder();
        for (int bit = 0; bit < FLAGS.length(); bit++) {
            final int mask = FLAGS.charAt(bit) == 'A' ? 0x10 : 1 << bit;
            if ((tcp.get(13) & mask) != 0) {
                flags.append(FLAGS.charAt(bit));
            }
        }
        return ports
                + "%s %d %d \"%s\""
                        .formatted(
                                flags,
                                tcp.getInt(4) & 0xFFFF_FFFFL,
                                tcp.getInt(8) & 0xFFFF_FFFFL,
                                text(bytes, (tcp.get(12) >>> 4 & 0xF) * 4));
    }

    private static String icmp(final String source, final String destination, final byte[] bytes) {
        final int type = bytes[0] & 0xFF;
        if (type == 8 || type == 0) {
            return "echo-%s %s > %s id %d seq %d \"%s\""
                    .formatted(
                            type == 8 ? "request" : "reply",
                            source,
                            destination,
                            u16(bytes, 4),
                            u16(bytes, 6),
                            text(bytes, 8));
        }
        return "icmp %d/%d %s > %s about %s"
                .formatted(
                        type, bytes[1], source, destination, packet(Arrays.copyOfRange(bytes, 8, bytes.length), false));
    }

    private static int u16(final byte[] bytes, final int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    private static String text(final byte[] bytes, final int from) {
        return new String(bytes, from, Math.max(0, bytes.length - from), StandardCharsets.US_ASCII);
    }

    static String address(final int address) {
        return "%d.%d.%d.%d".formatted(address >>> 24, address >>> 16 & 0xFF, address >>> 8 & 0xFF, address & 0xFF);
    }

    private static String mac(final ByteBuffer frame, final int at) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            text.append(i == 0 ? "" : ":").append("%02x".formatted(frame.get(at + i)));
        }
        return text.toString();
    }
}
