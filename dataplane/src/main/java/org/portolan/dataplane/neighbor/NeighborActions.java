package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Ethernet;

/**
 * What {@link NeighborMachine} wants done. Called on the caller's thread from inside query, input and tick; must not
 * call back.
 */
public interface NeighborActions {
    /** @param destinationMac {@link Ethernet#BROADCAST}, or the neighbor's own for a probe */
    void sendRequest(int targetAddress, long destinationMac);

    /** @param requesterAddress 0 when the requester has none yet (RFC 5227 2.1.1) */
    void sendReply(long requesterMac, int requesterAddress, int ownAddress);

    /** A broadcast request in which sender and target are {@code address} (RFC 5227 2.3). */
    void sendAnnouncement(int address);

    /**
     * {@link NeighborTable#publish}; {@code mac} is 0 for incomplete and failed.
     *
     * @return false when there is no room
     */
    boolean publish(int address, long mac, int state);

    /** {@link NeighborTable#clear}. */
    void clear(int address);

    /**
     * A host with {@code mac} claims {@code address}, which is ours. Reported at most once in 10 s for an address.
     */
    void conflict(int address, long mac);

    /**
     * Another host claims a neighbor's address, and does not get it, or got it because {@link Contested} says so.
     * Reported at most once a minute for an address.
     *
     * @param mac the one that frames go to
     * @param otherMac the one that they do not go to
     * @param both whether both answered when everybody was asked, in the last ten minutes
     */
    void disputed(int address, long mac, long otherMac, boolean both);

    /**
     * Another host claims the address of a static neighbor, and does not get it. Reported at most once a minute for an
     * address.
     *
     * @param mac the one that is static
     */
    void refused(int address, long mac, long otherMac);

    /**
     * A limit refused something. Reported at most once in 10 s for each limit.
     *
     * @param limit LIMITED_LOOKUPS, LIMITED_ASKERS, LIMITED_UNASKED or LIMITED_ENTRIES
     * @param address that was not asked for, or not taken
     * @param asker the host that asked for it; {@code address} itself when nobody did
     */
    void limited(NeighborCounter limit, int address, int asker);

    /**
     * @param macOld what it was, 0 for nothing
     * @param mac what it is, 0 for nothing; for DISPUTED the refused claim
     */
    void changed(NeighborChange kind, NeighborReason reason, int address, long macOld, long mac);
}
