package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/**
 * Whole ARP frames for what {@link NeighborMachine} wants sent, and whole ARP frames into it. Each frame is padded with
 * zeros to {@link Ethernet#MINIMUM_FRAME_BYTES}, which is also the room that {@code frame} must have.
 */
public final class ArpFrames {
    /** Length of every frame written here. */
    public static final int FRAME_BYTES = Ethernet.MINIMUM_FRAME_BYTES;

    private ArpFrames() {}

    /** A request: by broadcast for an unknown host, to the neighbor's own MAC for a probe (RFC 1122 2.3.2.1). */
    public static int putRequest(
            final long frame,
            final long ownMac,
            final int ownAddress,
            final int targetAddress,
            final long destinationMac) {
        return put(frame, destinationMac, Arp.REQUEST, ownMac, ownAddress, 0, targetAddress);
    }

    /** The answer to a request for {@code ownAddress}. */
    public static int putReply(
            final long frame,
            final long ownMac,
            final int ownAddress,
            final long requesterMac,
            final int requesterAddress) {
        return put(frame, requesterMac, Arp.REPLY, ownMac, ownAddress, requesterMac, requesterAddress);
    }

    /** RFC 5227 2.3: a broadcast request in which sender and target address are both the own. */
    public static int putAnnouncement(final long frame, final long ownMac, final int ownAddress) {
        return put(frame, Ethernet.BROADCAST, Arp.REQUEST, ownMac, ownAddress, 0, ownAddress);
    }

    private static int put(
            final long frame,
            final long destinationMac,
            final int operation,
            final long ownMac,
            final int ownAddress,
            final long targetMac,
            final int targetAddress) {
        Memory.zero(frame, FRAME_BYTES);
        Ethernet.putHeader(frame, destinationMac, ownMac, Ethernet.TYPE_ARP);
        Arp.put(frame + Ethernet.HEADER_BYTES, operation, ownMac, ownAddress, targetMac, targetAddress);
        return FRAME_BYTES;
    }

    /**
     * Gives a frame of EtherType ARP to a machine.
     *
     * @return 0, or the {@link DropReason} code of a frame that is not a whole ARP packet and was not given
     */
    public static int input(final NeighborMachine machine, final long frame, final int length, final long nowMs) {
        final int reason = Ethernet.check(frame, length);
        if (reason != 0) {
            return reason;
        }
        final long arp = frame + Ethernet.HEADER_BYTES;
        final int malformed = Arp.check(arp, length - Ethernet.HEADER_BYTES);
        if (malformed != 0) {
            return malformed;
        }
        machine.input(
                Arp.operation(arp),
                Arp.senderMac(arp),
                Arp.senderAddress(arp),
                Arp.targetMac(arp),
                Arp.targetAddress(arp),
                Ethernet.source(frame),
                nowMs);
        return 0;
    }
}
