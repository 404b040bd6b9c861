package org.portolan.control.replay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A frame written by a person, as bytes. Codecs of its own, so that a mistake in the router's is seen.
 *
 * <pre>
 *  arp who-has 192.168.1.1 tell 192.168.1.10
 *  arp 198.51.100.1 is-at 02:aa:c6:33:64:01
 *  udp 192.168.1.10:4000 &gt; 203.0.113.9:53 "hello"
 *  tcp 192.168.1.10:4000 &gt; 203.0.113.9:80 S 1000 0 ""        flags, sequence, acknowledgment
 *  echo-request 192.168.1.10 &gt; 203.0.113.9 id 7 seq 1 "ping"
 *  icmp 3/3 203.0.113.9 &gt; 198.51.100.2 about udp 198.51.100.2:4000 &gt; 203.0.113.9:53 "hello"
 *  raw ffffffffffff02aa...
 * </pre>
 *
 * A packet may begin with {@code ttl N}. Frames to the router come from {@link #HOST_MAC} and the sender's address.
 */
final class FrameWords {
    static final long HOST_MAC = 0x02AAL << 32;
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;

    private static final String FLAGS = "FSRPA";
    private static final Pattern REQUEST = Pattern.compile("arp who-has (\\S+) tell (\\S+)");
    private static final Pattern REPLY = Pattern.compile("arp (\\S+) is-at (\\S+)");
    private static final Pattern TTL = Pattern.compile("ttl (\\d+) (.*)");
    private static final Pattern PORTS =
            Pattern.compile("(udp|tcp) (\\S+):(\\d+) > (\\S+):(\\d+) (?:([FSRPA]+) (\\d+) (\\d+) )?\"(.*)\"");
    private static final Pattern ECHO =
            Pattern.compile("echo-(request|reply) (\\S+) > (\\S+) id (\\d+) seq (\\d+) \"(.*)\"");
    private static final Pattern ERROR = Pattern.compile("icmp (\\d+)/(\\d+) (\\S+) > (\\S+) about (.*)");

    private final long routerMac;
    private final int routerAddress;
    private final long gatewayMac;

    /** @param gatewayMac where packets come from that a router on the wire forwards; 0: each from its sender's own */
    FrameWords(final long routerMac, final int routerAddress, final long gatewayMac) {
        this.routerMac = routerMac;
        this.routerAddress = routerAddress;
        this.gatewayMac = gatewayMac;
    }

    byte[] bytes(final String words) {
        if (words.startsWith("raw ")) {
            return HexFormat.of().parseHex(words.substring(4).replace(" ", ""));
        }
        final Matcher request = REQUEST.matcher(words);
        if (request.matches()) {
            final int sender = address(request.group(2));
            return arp(BROADCAST, hostMac(sender), 1, hostMac(sender), sender, 0, address(request.group(1)));
        }
        final Matcher reply = REPLY.matcher(words);
        if (reply.matches()) {
            final long mac = mac(reply.group(2));
            return arp(routerMac, mac, 2, mac, address(reply.group(1)), routerMac, routerAddress);
        }
        final byte[] packet = packet(words);
        final int sender = ByteBuffer.wrap(packet).getInt(12);
        return ethernet(routerMac, gatewayMac == 0 ? hostMac(sender) : gatewayMac, 0x0800, packet);
    }

    static long hostMac(final int address) {
        return HOST_MAC | address & 0xFFFF_FFFFL;
    }

    static int address(final String text) {
        int address = 0;
        for (final String octet : text.split("\\.")) {
            address = address << 8 | Integer.parseInt(octet);
        }
        return address;
    }

    static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private static byte[] ethernet(final long destination, final long source, final int type, final byte[] rest) {
        final ByteBuffer frame = ByteBuffer.allocate(Math.max(60, 14 + rest.length));
        putMac(frame, destination);
        putMac(frame, source);
        return frame.putShort((short) type).put(rest).array();
    }

    private static void putMac(final ByteBuffer to, final long mac) {
        to.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private static byte[] arp(
            final long destination,
            final long source,
            final int operation,
            final long senderMac,
            final int sender,
            final long targetMac,
            final int target) {
        final ByteBuffer arp = ByteBuffer.allocate(28);
        arp.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        putMac(arp, senderMac);
        arp.putInt(sender);
        putMac(arp, targetMac);
        arp.putInt(target);
        return ethernet(destination, source, 0x0806, arp.array());
    }

    private static byte[] packet(final String words) {
        final Matcher ttl = TTL.matcher(words);
        if (ttl.matches()) {
            return packet(ttl.group(2), Integer.parseInt(ttl.group(1)));
        }
        return packet(words, 64);
    }

    private static byte[] packet(final String words, final int ttl) {
        final Matcher ports = PORTS.matcher(words);
        if (ports.matches()) {
            return ported(ports, ttl);
        }
        final Matcher echo = ECHO.matcher(words);
        if (echo.matches()) {
            final byte[] data = text(echo.group(6));
            final ByteBuffer icmp = ByteBuffer.allocate(8 + data.length);
            icmp.put((byte) (echo.group(1).equals("request") ? 8 : 0))
                    .put((byte) 0)
                    .putShort((short) 0);
            icmp.putShort((short) Integer.parseInt(echo.group(4)));
            icmp.putShort((short) Integer.parseInt(echo.group(5))).put(data);
            icmp.putShort(2, (short) sum(icmp.array(), 0));
            return ip(address(echo.group(2)), address(echo.group(3)), ICMP, ttl, icmp.array());
        }
        final Matcher error = ERROR.matcher(words);
        if (error.matches()) {
            final byte[] quote = packet(error.group(5));
            final ByteBuffer icmp = ByteBuffer.allocate(8 + Math.min(quote.length, 28));
            icmp.put((byte) Integer.parseInt(error.group(1))).put((byte) Integer.parseInt(error.group(2)));
            icmp.position(8).put(quote, 0, icmp.remaining());
            icmp.putShort(2, (short) sum(icmp.array(), 0));
            return ip(address(error.group(3)), address(error.group(4)), ICMP, ttl, icmp.array());
        }
        throw new IllegalArgumentException("not understood: " + words);
    }

    private static byte[] ported(final Matcher words, final int ttl) {
        final int source = address(words.group(2));
        final int destination = address(words.group(4));
        final boolean tcp = words.group(1).equals("tcp");
        final byte[] data = text(words.group(9));
        final ByteBuffer transport = ByteBuffer.allocate((tcp ? 20 : 8) + data.length);
        transport.putShort((short) Integer.parseInt(words.group(3)));
        transport.putShort((short) Integer.parseInt(words.group(5)));
        if (tcp) {
            int flags = 0;
            for (final char flag : words.group(6).toCharArray()) {
                flags |= flag == 'A' ? 0x10 : 1 << FLAGS.indexOf(flag);
            }
            transport.putInt((int) Long.parseLong(words.group(7))).putInt((int) Long.parseLong(words.group(8)));
            transport
                    .put((byte) 0x50)
                    .put((byte) flags)
                    .putShort((short) 65_535)
                    .putInt(0);
        } else {
            transport.putShort((short) transport.capacity()).putShort((short) 0);
        }
        transport.put(data);
        final int protocol = tcp ? TCP : UDP;
        transport.putShort(tcp ? 16 : 6, (short)
                sum(transport.array(), pseudo(source, destination, protocol, transport.capacity())));
        return ip(source, destination, protocol, ttl, transport.array());
    }

    private static byte[] ip(
            final int source, final int destination, final int protocol, final int ttl, final byte[] rest) {
        final ByteBuffer ip = ByteBuffer.allocate(20 + rest.length);
        ip.put((byte) 0x45).put((byte) 0).putShort((short) ip.capacity()).putInt(0);
        ip.put((byte) ttl)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination);
        ip.putShort(10, (short) sum(java.util.Arrays.copyOf(ip.array(), 20), 0));
        return ip.put(rest).array();
    }

    static long pseudo(final int source, final int destination, final int protocol, final int length) {
        return (source >>> 16) + (source & 0xFFFF) + (destination >>> 16) + (destination & 0xFFFF) + protocol + length;
    }

    /** The internet checksum over bytes whose checksum field is 0; over whole ones it is 0 when they are right. */
    static int sum(final byte[] bytes, final long start) {
        long sum = start;
        for (int i = 0; i < bytes.length; i++) {
            sum += (long) (bytes[i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    private static byte[] text(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
