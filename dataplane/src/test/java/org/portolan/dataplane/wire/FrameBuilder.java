package org.portolan.dataplane.wire;

import java.util.Arrays;
import org.portolan.dataplane.counter.DropReason;

/**
 * A captured IPv4 frame with one thing changed; the checksums around the change are mended, so that the change alone
 * is wrong.
 */
final class FrameBuilder {
    private static final int IP = Ethernet.HEADER_BYTES;

    private byte[] frame;

    private FrameBuilder(final byte[] frame) {
        this.frame = frame.clone();
    }

    static FrameBuilder of(final byte[] captured) {
        return new FrameBuilder(captured);
    }

    /** Byte {@code at} from the IPv4 header. */
    FrameBuilder ip(final int at, final int value) {
        frame[IP + at] = (byte) value;
        return this;
    }

    /** Byte {@code at} from the transport header. */
    FrameBuilder transport(final int at, final int value) {
        frame[IP + headerLength() + at] = (byte) value;
        return this;
    }

    FrameBuilder transport16(final int at, final int value) {
        return transport(at, value >>> 8).transport(at + 1, value);
    }

    /** Cuts the packet to {@code length} transport bytes, total length included. */
    FrameBuilder cutTransport(final int length) {
        frame = Arrays.copyOf(frame, IP + headerLength() + length);
        return ip(2, frame.length - IP >>> 8).ip(3, frame.length - IP);
    }

    /** Puts {@code options} (a multiple of four bytes) between the header and what follows. */
    FrameBuilder options(final int... options) {
        final byte[] grown = new byte[frame.length + options.length];
        System.arraycopy(frame, 0, grown, 0, IP + 20);
        for (int at = 0; at < options.length; at++) {
            grown[IP + 20 + at] = (byte) options[at];
        }
        System.arraycopy(frame, IP + 20, grown, IP + 20 + options.length, frame.length - IP - 20);
        frame = grown;
        return ip(0, 0x45 + options.length / 4).ip(2, frame.length - IP >>> 8).ip(3, frame.length - IP);
    }

    private int headerLength() {
        return (frame[IP] & 0xF) * 4;
    }

    /** The frame with a right IPv4 header checksum and, for ICMP, a right message checksum. */
    byte[] mended() {
        mend(IP, headerLength(), 10);
        if (frame[IP + 9] == Ipv4.ICMP && frame.length >= IP + headerLength() + 4) {
            mend(IP + headerLength(), frame.length - IP - headerLength(), 2);
        }
        return frame;
    }

    /** As {@link #mended}, the header quoted in an ICMP error too. */
    byte[] mendedWithQuote() {
        final int quote = IP + headerLength() + Icmp.QUOTE_OFFSET;
        mend(quote, (frame[quote] & 0xF) * 4, 10);
        return mended();
    }

    /** The frame as it is. */
    byte[] unmended() {
        return frame;
    }

    private void mend(final int from, final int length, final int field) {
        frame[from + field] = 0;
        frame[from + field + 1] = 0;
        long sum = 0;
        for (int at = 0; at < length; at++) {
            sum += (long) (frame[from + at] & 0xFF) << (at % 2 == 0 ? 8 : 0);
        }
        final int checksum = ~InternetChecksum.fold(sum) & 0xFFFF;
        frame[from + field] = (byte) (checksum >>> 8);
        frame[from + field + 1] = (byte) checksum;
    }

    /** What Ethernet, then ARP or IPv4 with its transport, say to a frame: the order in which the pipeline asks. */
    static DropReason verdict(final FrameAtEdge edge, final Packet packet, final byte[] bytes) {
        final long frame = edge.place(bytes);
        int reason = Ethernet.check(frame, bytes.length);
        if (reason == 0) {
            final int available = bytes.length - Ethernet.HEADER_BYTES;
            reason = Ethernet.type(frame) == Ethernet.TYPE_ARP
                    ? Arp.check(frame + Ethernet.HEADER_BYTES, available)
                    : packet.parse(frame + Ethernet.HEADER_BYTES, available);
        }
        return DropReason.ofCode(reason == Packet.FRAGMENT ? 0 : reason);
    }
}
