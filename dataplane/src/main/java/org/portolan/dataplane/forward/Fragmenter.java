package org.portolan.dataplane.forward;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Fragment;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * Cuts a packet that is larger than its way out takes into fragments (RFC 791 3.2, RFC 4787 REQ-13), and gives those
 * that are translated an identification of their own. The packet may be a fragment itself: then its parts continue its
 * offsets, and keep its identification unless it is the first.
 *
 * <p>Each part is made in one slot of the worker's {@link FramePool}, which its driver copies, so the packet stays as
 * it is. The first part counts as the packet: it is sent or dropped, with the rest. Each further one counts as a frame
 * that the router makes: originated, or lost.
 */
public final class Fragmenter {
    /** Slots of the pool that are in use at once: a driver copies a part before the next one is made. */
    public static final int FRAMES = 1;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;

    /** RFC 791 3.1: an option with this bit is copied into all fragments. */
    private static final int OPTION_COPIED = 0x80;

    private final FramePool pool;
    private final WorkerCounters counters;
    private final Identifications identifications;

    /** @param secret nobody else knows it */
    public Fragmenter(final FramePool pool, final WorkerCounters counters, final long secret) {
        this.pool = pool;
        this.counters = counters;
        identifications = new Identifications(secret);
    }

    /** Whether parts of the packet fit into an MTU: its header and eight bytes do. */
    static boolean fits(final Packet packet, final int mtu) {
        return mtu >= packet.headerLength() + Fragment.UNIT_BYTES;
    }

    /**
     * Gives a fragment, or a packet that is to become several, another identification if its source is an address that
     * hosts share: translation has changed it. A later fragment has that of its first one.
     */
    void identify(final Packet packet) {
        final long ip = packet.ip();
        final int source = Ipv4.source(ip);
        if (source == packet.sender() || packet.isLaterFragment()) {
            return;
        }
        final int identification = identifications.next(source, Ipv4.destination(ip), Ipv4.protocol(ip));
        final int delta = InternetChecksum.delta16(Ipv4.identification(ip), identification);
        Ipv4.putIdentification(ip, identification);
        Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), delta));
    }

    /**
     * Sends a packet in parts, in their order.
     *
     * @return 0, or the code of a {@link DropReason} when not even the first part could be sent
     */
    int send(final Transit transit) {
        final Packet packet = transit.packet();
        final Frame frame = transit.frame();
        if (Offload.needsChecksum(frame.offload())) {
            complete(packet);
        }
        final int slot = pool.take();
        if (slot < 0) {
            return DropReason.FRAGMENTATION.code;
        }
        final Port egress = transit.egress();
        final int most = Math.min(egress.mtu(), pool.frameBytes() - Ethernet.HEADER_BYTES);
        final long part = pool.address(slot);
        Ethernet.putHeader(part, transit.nextHopMac(), egress.mac(), Ethernet.TYPE_IPV4);
        final int payload = packet.totalLength() - packet.headerLength();
        int header = packet.headerLength();
        Memory.copy(packet.ip(), part + Ethernet.HEADER_BYTES, header);
        int bytes = partBytes(most, header, payload);
        final int result = first(egress, part, make(packet, part, header, 0, bytes));
        for (int at = bytes; result == 0 && at < payload; at += bytes) {
            header = at == bytes ? keepCopiedOptions(part + Ethernet.HEADER_BYTES, header) : header;
            bytes = partBytes(most, header, payload - at);
            further(egress, part, make(packet, part, header, at, bytes));
        }
        pool.release(slot);
        return result;
    }

    /** Payload of the next part: all that is left if it fits, otherwise as many units as do. */
    private static int partBytes(final int most, final int header, final int left) {
        final int room = most - header;
        return left <= room ? left : room / Fragment.UNIT_BYTES * Fragment.UNIT_BYTES;
    }

    /**
     * Makes one part behind the header that lies in the slot.
     *
     * @return length of the frame
     */
    private static int make(final Packet packet, final long frame, final int header, final int at, final int bytes) {
        final long ip = frame + Ethernet.HEADER_BYTES;
        Memory.copy(packet.transport() + at, ip + header, bytes);
        final boolean last = packet.headerLength() + at + bytes == packet.totalLength();
        final int word = Fragment.part(Ipv4.fragmentWord(packet.ip()), at, last);
        Memory.putU16(ip + Ipv4.TOTAL_LENGTH_OFFSET, header + bytes);
        Memory.putU16(ip + Ipv4.FRAGMENT_OFFSET, word);
        Ipv4.putChecksum(ip, 0);
        Ipv4.putChecksum(ip, InternetChecksum.of(ip, header));
        return Ethernet.pad(frame, Ethernet.HEADER_BYTES + header + bytes);
    }

    private static int first(final Port egress, final long frame, final int length) {
        final int result = egress.io().send(frame, length, Offload.NONE);
        if (result == 0) {
            egress.counters().sent(length);
        } else if (result == DropReason.TRANSMIT_RING_FULL.code) {
            egress.counters().ringFull();
        }
        return result;
    }

    private void further(final Port egress, final long frame, final int length) {
        if (egress.io().sendOwn(frame, length, Offload.NONE) == 0) {
            counters.originated();
            egress.counters().sent(length);
        } else {
            counters.originatedLost();
        }
    }

    /**
     * Leaves of a header's options those that are copied into all fragments (RFC 791 3.1), filled up to four bytes.
     *
     * @return the header's new length
     */
    private static int keepCopiedOptions(final long ip, final int header) {
        int kept = Ipv4.HEADER_BYTES;
        int at = Ipv4.HEADER_BYTES;
        while (at < header) {
            final int option = Memory.u8(ip + at);
            if (option == OPTION_END) {
                break;
            }
            final int length = option == OPTION_NOP ? 1 : Memory.u8(ip + at + 1);
            if ((option & OPTION_COPIED) != 0) {
                for (int i = 0; i < length; i++) {
                    Memory.putU8(ip + kept + i, Memory.u8(ip + at + i));
                }
                kept += length;
            }
            at += length;
        }
        while (kept % 4 != 0) {
            Memory.putU8(ip + kept++, OPTION_END);
        }
        Memory.putU8(ip, 4 << 4 | kept / 4);
        return kept;
    }

    /** Completes a transport checksum of which the pseudo header's sum is there: no device can do it for parts. */
    private static void complete(final Packet packet) {
        final long transport = packet.transport();
        final int checksum = InternetChecksum.of(transport, packet.totalLength() - packet.headerLength());
        if (packet.kind() == Packet.KIND_TCP) {
            Tcp.putChecksum(transport, checksum);
        } else {
            Udp.putChecksum(transport, checksum == 0 ? 0xFFFF : checksum);
        }
    }
}
