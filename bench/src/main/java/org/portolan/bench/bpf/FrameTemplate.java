package org.portolan.bench.bpf;

import org.portolan.bench.lab.LabException;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Probe;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * What all frames of a {@link FrameWriter} have in common, and the sums of it: the program adds what differs.
 *
 * @param frame one frame; endpoint, probe and checksums are zero
 * @param addressAt where the flow's address stands
 * @param portAt where the flow's port stands
 * @param headerSum one's complement sum of the IPv4 header, in the machine's order
 * @param udpSum one's complement sum of pseudo header, UDP header and payload, in the machine's order
 * @param checksums whether the frame carries a UDP checksum
 */
record FrameTemplate(byte[] frame, int addressAt, int portAt, int headerSum, int udpSum, boolean checksums) {
    static final int IP_AT = Ethernet.HEADER_BYTES;
    static final int UDP_AT = IP_AT + Ipv4.HEADER_BYTES;
    static final int PROBE_AT = UDP_AT + Udp.HEADER_BYTES;

    static FrameTemplate of(final FrameWriter writer) {
        if (writer.checksums() == Checksums.PARTIAL) {
            throw new LabException(
                    "a program's frames leave nothing to offload: take full checksums or none, or the transmit ring");
        }
        if (writer.size().meanBytes() != writer.size().longestBytes()) {
            throw new LabException("a program's frames are all of one size: take the transmit ring for a mix");
        }
        final int addressAt = IP_AT + writer.direction().addressOffset();
        final int portAt = UDP_AT + writer.direction().portOffset();
        try (Slab slab = Slab.allocate(writer.size().longestBytes(), "a frame's template")) {
            final long frame = slab.address();
            final int bytes = writer.write(frame, 0, 0, 0, 0, 0);
            final boolean checksums = writer.checksums() == Checksums.FULL;
            Memory.putU32(frame + addressAt, 0);
            Memory.putU16(frame + portAt, 0);
            Memory.zero(frame + PROBE_AT, Probe.BYTES);
            Ipv4.putChecksum(frame + IP_AT, 0);
            Udp.putChecksum(frame + UDP_AT, 0);
            final int headerSum = InternetChecksum.sum(frame + IP_AT, Ipv4.HEADER_BYTES);
            final int pseudoSum = InternetChecksum.pseudoHeaderSum(
                    Ipv4.source(frame + IP_AT), Ipv4.destination(frame + IP_AT), Ipv4.UDP, bytes - UDP_AT);
            final int udpSum =
                    InternetChecksum.fold((long) pseudoSum + InternetChecksum.sum(frame + UDP_AT, bytes - UDP_AT));
            final byte[] copy = new byte[bytes];
            Memory.copy(frame, copy, 0, bytes);
            return new FrameTemplate(copy, addressAt, portAt, machineOrder(headerSum), machineOrder(udpSum), checksums);
        }
    }

    /** RFC 1071 section 2(B): a sum of words in the other order is the sum in the other order. */
    private static int machineOrder(final int sum) {
        return Short.reverseBytes((short) sum) & 0xFFFF;
    }
}
