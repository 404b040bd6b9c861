package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * Checks what the kernel says is left to do with a frame: it must fit the packet, or the rewrite would mend the wrong
 * bytes.
 *
 * <p>A segmented frame can come with a complete checksum, from a device that merges segments itself (hardware GRO,
 * LRO). The kernel takes a segmented frame for sending only if its checksum is still to be completed
 * (virtio_net_hdr_to_skb in include/linux/virtio_net.h and skb_segment need the pseudo header's sum), so the checksum
 * is replaced by that sum. A wrong checksum would become a right one by this. It is therefore verified first, unless
 * the kernel says that it has done so.
 */
final class OffloadCheck {
    private OffloadCheck() {}

    /** 0, or {@link DropReason#OFFLOAD_MALFORMED}'s code; the frame's offload word is other than 0. */
    static int check(final Frame frame, final Packet packet) {
        final long offload = frame.offload();
        if (Offload.needsChecksum(offload) && !isOfTransport(offload, frame, packet)) {
            return DropReason.OFFLOAD_MALFORMED.code;
        }
        if (!Offload.isSegmented(offload)) {
            return 0;
        }
        final int segmentation = Offload.segmentation(offload) & ~Offload.SEGMENT_ECN;
        final boolean fits = (packet.kind() == Packet.KIND_TCP && segmentation == Offload.SEGMENT_TCP4
                        || packet.kind() == Packet.KIND_UDP && segmentation == Offload.SEGMENT_UDP)
                && Offload.segmentSize(offload) > 0;
        return fits && (Offload.needsChecksum(offload) || makePartial(frame, packet))
                ? 0
                : DropReason.OFFLOAD_MALFORMED.code;
    }

    private static boolean isOfTransport(final long offload, final Frame frame, final Packet packet) {
        return (packet.kind() == Packet.KIND_TCP || packet.kind() == Packet.KIND_UDP)
                && Offload.checksumStart(offload) == (int) (packet.transport() - frame.address())
                && Offload.checksumOffset(offload) == checksumOffset(packet);
    }

    private static int checksumOffset(final Packet packet) {
        return packet.kind() == Packet.KIND_TCP ? Tcp.CHECKSUM_OFFSET : Udp.CHECKSUM_OFFSET;
    }

    /**
     * Replaces a segmented packet's complete checksum by the sum of its pseudo header.
     *
     * @return false when the checksum is wrong, or a UDP one is missing
     */
    private static boolean makePartial(final Frame frame, final Packet packet) {
        final long offload = frame.offload();
        final long transport = packet.transport();
        final int length = packet.totalLength() - packet.headerLength();
        final int protocol = packet.kind() == Packet.KIND_TCP ? Ipv4.TCP : Ipv4.UDP;
        if (protocol == Ipv4.UDP && (Udp.checksum(transport) == 0 || Udp.length(transport) != length)) {
            return false;
        }
        final boolean verified = (Offload.flags(offload) & Offload.DATA_VALID) != 0
                || InternetChecksum.ofTransport(transport, length, packet.source(), packet.destination(), protocol)
                        == 0;
        if (!verified) {
            return false;
        }
        final int checksumOffset = checksumOffset(packet);
        final int sum = InternetChecksum.pseudoHeaderSum(packet.source(), packet.destination(), protocol, length);
        Memory.putU16(transport + checksumOffset, sum);
        frame.offload(Offload.pack(
                Offload.NEEDS_CHECKSUM,
                Offload.segmentation(offload),
                Offload.segmentSize(offload),
                (int) (transport - frame.address()),
                checksumOffset));
        return true;
    }
}
