package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;

/** Cuts frames into fragments as a host does, and puts those that left a worker together as a host does. */
final class Parts {
    private static final int IP = Ethernet.HEADER_BYTES;
    private static final int HEADER = IP + Ipv4.HEADER_BYTES;

    private Parts() {}

    /** The frame in fragments of so many payload bytes, in order; its header has no options. */
    static List<byte[]> of(final byte[] whole, final int identification, final int partBytes) {
        final List<byte[]> parts = new ArrayList<>();
        for (int at = HEADER; at < whole.length; at += partBytes) {
            final int to = Math.min(at + partBytes, whole.length);
            parts.add(part(whole, identification, at - HEADER, to - HEADER, to < whole.length));
        }
        return parts;
    }

    /** One fragment, with the frame's payload from one byte to another. */
    static byte[] part(final byte[] whole, final int identification, final int from, final int to, final boolean more) {
        final byte[] part = Arrays.copyOf(whole, HEADER + to - from);
        System.arraycopy(whole, HEADER + from, part, HEADER, to - from);
        put16(part, Ipv4.TOTAL_LENGTH_OFFSET, part.length - IP);
        put16(part, Ipv4.IDENTIFICATION_OFFSET, identification);
        put16(part, Ipv4.FRAGMENT_OFFSET, from / 8 | (more ? 0x2000 : 0));
        put16(part, Ipv4.CHECKSUM_OFFSET, 0);
        put16(part, Ipv4.CHECKSUM_OFFSET, ~sum(part) & 0xFFFF);
        return part;
    }

    /** The same bytes as a last fragment at another place. */
    static byte[] moved(final byte[] part, final int word) {
        put16(part, Ipv4.FRAGMENT_OFFSET, word);
        put16(part, Ipv4.CHECKSUM_OFFSET, 0);
        put16(part, Ipv4.CHECKSUM_OFFSET, ~sum(part) & 0xFFFF);
        return part;
    }

    private static void put16(final byte[] frame, final int at, final int value) {
        frame[IP + at] = (byte) (value >>> 8);
        frame[IP + at + 1] = (byte) value;
    }

    private static int sum(final byte[] frame) {
        long sum = 0;
        for (int at = IP; at < IP + 4 * (frame[IP] & 0xF); at += 2) {
            sum += (frame[at] & 0xFF) << 8 | frame[at + 1] & 0xFF;
        }
        return InternetChecksum.fold(sum);
    }

    static int identification(final byte[] frame) {
        return new Received(frame).u16(IP + Ipv4.IDENTIFICATION_OFFSET);
    }

    static int offset(final byte[] frame) {
        return (new Received(frame).u16(IP + Ipv4.FRAGMENT_OFFSET) & 0x1FFF) * 8;
    }

    /** The datagram of these fragments, which have its first one's headers in common and leave no gap. */
    static Received join(final List<byte[]> frames) {
        final List<byte[]> parts = new ArrayList<>(frames);
        parts.sort(Comparator.comparingInt(Parts::offset));
        byte[] whole = Arrays.copyOf(parts.getFirst(), new Received(parts.getFirst()).transport());
        final int header = whole.length;
        for (final byte[] part : parts) {
            final Received each = new Received(part);
            final boolean last = part == parts.getLast();
            assertThat(sum(part)).as("header checksum").isEqualTo(0xFFFF);
            assertThat(identification(part)).as("identification").isEqualTo(identification(parts.getFirst()));
            assertThat(each.source()).isEqualTo(new Received(parts.getFirst()).source());
            assertThat(each.destination()).isEqualTo(new Received(parts.getFirst()).destination());
            assertThat(part[IP + Ipv4.TTL_OFFSET]).isEqualTo(parts.getFirst()[IP + Ipv4.TTL_OFFSET]);
            assertThat(Arrays.copyOf(part, 12)).isEqualTo(Arrays.copyOf(whole, 12));
            assertThat(offset(part)).as("no gap, no overlap").isEqualTo(whole.length - header);
            assertThat((part[IP + Ipv4.FRAGMENT_OFFSET] & 0x20) != 0)
                    .as("more follow")
                    .isEqualTo(!last);
            final int at = whole.length;
            final int length = IP + each.totalLength() - each.transport();
            whole = Arrays.copyOf(whole, at + length);
            System.arraycopy(part, each.transport(), whole, at, length);
        }
        put16(whole, Ipv4.TOTAL_LENGTH_OFFSET, whole.length - IP);
        put16(whole, Ipv4.FRAGMENT_OFFSET, 0);
        put16(whole, Ipv4.CHECKSUM_OFFSET, 0);
        put16(whole, Ipv4.CHECKSUM_OFFSET, ~sum(whole) & 0xFFFF);
        return new Received(whole);
    }
}
