package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/** A frame that left a worker, read field by field; every checksum in it is verified from scratch. */
record Received(byte[] frame) {
    private static final int IP = Ethernet.HEADER_BYTES;

    Received {
        assertThat(frame.length).as("shortest frame").isGreaterThanOrEqualTo(Ethernet.MINIMUM_FRAME_BYTES);
    }

    int u8(final int at) {
        return frame[at] & 0xFF;
    }

    int u16(final int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    int u32(final int at) {
        return u16(at) << 16 | u16(at + 2);
    }

    int source() {
        return u32(IP + Ipv4.SOURCE_OFFSET);
    }

    int destination() {
        return u32(IP + Ipv4.DESTINATION_OFFSET);
    }

    int protocol() {
        return u8(IP + Ipv4.PROTOCOL_OFFSET);
    }

    int totalLength() {
        return u16(IP + Ipv4.TOTAL_LENGTH_OFFSET);
    }

    /** Offset of the transport header in the frame. */
    int transport() {
        return IP + 4 * (u8(IP) & 0xF);
    }

    int transport16(final int offset) {
        return u16(transport() + offset);
    }

    /** ICMP type and code, as {@code 3 << 8 | 1}. */
    int typeAndCode() {
        return transport16(Icmp.TYPE_OFFSET);
    }

    /** The packet that an ICMP error quotes, as far as it does. */
    byte[] quote() {
        return Arrays.copyOfRange(frame, transport() + Icmp.QUOTE_OFFSET, IP + totalLength());
    }

    /** Verifies every checksum, and that nothing but zeros follows the IPv4 packet. */
    Received shouldBeWhole() {
        try (Slab slab = Slab.allocate(frame.length + 8L, "a frame to verify")) {
            final long at = slab.address();
            Memory.copy(frame, 0, at, frame.length);
            assertThat(InternetChecksum.of(at + IP, transport() - IP))
                    .as("IPv4 checksum")
                    .isZero();
            final long transport = at + transport();
            final int length = totalLength() - (transport() - IP);
            if (protocol() == Ipv4.ICMP) {
                assertThat(InternetChecksum.of(transport, length))
                        .as("ICMP checksum")
                        .isZero();
            } else if (protocol() != Ipv4.UDP || Udp.checksum(transport) != 0) {
                assertThat(InternetChecksum.ofTransport(transport, length, source(), destination(), protocol()))
                        .as("transport checksum")
                        .isZero();
            }
        }
        final int end = IP + totalLength();
        assertThat(frame.length).as("frame length").isEqualTo(Math.max(Ethernet.MINIMUM_FRAME_BYTES, end));
        assertThat(Arrays.copyOfRange(frame, end, frame.length)).isEqualTo(new byte[frame.length - end]);
        return this;
    }
}
