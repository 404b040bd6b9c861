package org.portolan.dataplane.nat;

/**
 * Finds what a new mapping needs: a host's record, an outside port, a record of its own. When nothing is free, the
 * mapping that has rested longest ends its rest early, which is counted. A live mapping never gives its place up (RFC
 * 6888 REQ-11).
 *
 * <p>Each new mapping frees up to two of its queue whose rest is over, so they cannot pile up there.
 *
 * <p>One worker uses it, through {@link MappingTable}.
 */
final class MappingRoom {
    private static final int RELEASES_FOR_EACH_NEW = 2;

    /** A new host looks at this many resting mappings for one whose host has no other. */
    private static final int LOOKS_FOR_A_HOST = 16;

    /** On addresses that drain, one call ends the rest of this many mappings at most. */
    private static final int MOST_DRAINED = 16;

    private final MappingStore store;
    private final MappingSlab records;
    private final OutsidePorts ports;
    private final RestingMappings resting;
    private final HostTable hosts;
    private long reclaimed;

    MappingRoom(final MappingStore store) {
        this.store = store;
        records = store.records();
        ports = store.ports();
        resting = store.resting();
        hosts = store.hosts();
    }

    /** How many mappings ended their rest early. */
    long reclaimed() {
        return reclaimed;
    }

    /**
     * Finds or makes the record of an inside address's host and counts one more port there. When no record is free,
     * the rest of another host's only port ends early.
     *
     * @return the host, or -1 when there is no room
     */
    int takeHost(final int address, final int realm, final int home, final int nowS) {
        final int host = hosts.addPort(address, realm, home, nowS);
        if (host >= 0) {
            return host;
        }
        int mapping = resting.oldest();
        for (int i = 0; mapping >= 0 && i < LOOKS_FOR_A_HOST; i++) {
            if (HostRecord.ports(hosts.record(records.host(mapping))) == 1) {
                reclaim(mapping, nowS);
                return hosts.addPort(address, realm, home, nowS);
            }
            mapping = resting.newer(mapping);
        }
        return -1;
    }

    /**
     * Takes, in this order: the port itself; any free port of its class; for a port below 1024, any higher one; a port
     * whose rest then ends early.
     *
     * @return the port, or -1 when there is none
     */
    int takePort(final int number, final int protocol, final int port, final int nowS) {
        final boolean privileged = OutsidePorts.isPrivileged(protocol, port);
        releaseRested(number, protocol, privileged, nowS);
        int picked = ports.takeLike(number, protocol, port);
        if (picked < 0 && privileged) {
            releaseRested(number, protocol, false, nowS);
            picked = ports.takeHigh(number, protocol, port);
        }
        if (picked < 0) {
            picked = takeResting(number, protocol, privileged, nowS);
        }
        return picked < 0 && privileged ? takeResting(number, protocol, false, nowS) : picked;
    }

    private int takeResting(final int number, final int protocol, final boolean privileged, final int nowS) {
        int mapping = resting.oldest(number, protocol, privileged);
        while (mapping >= 0) {
            final int port = MappingRecord.outsidePort(records.record(mapping));
            reclaim(mapping, nowS);
            if (ports.take(number, protocol, port)) {
                return port;
            }
            // A rule came to the port while it rested.
            mapping = resting.oldest(number, protocol, privileged);
        }
        return -1;
    }

    /** Whether there is a record for one more dynamic mapping now. */
    boolean takeRecord(final int nowS) {
        if (!store.isFull()) {
            return true;
        }
        final int oldest = resting.oldest();
        if (oldest >= 0) {
            reclaim(oldest, nowS);
        }
        return oldest >= 0;
    }

    /**
     * Frees at most one mapping that has rested, of one queue after the other. Only the counts need it: a new
     * mapping frees what it needs.
     *
     * @return whether it freed one
     */
    boolean releaseNext(final int nowS) {
        final int mapping = resting.nextRested(nowS);
        if (mapping >= 0) {
            store.endRest(mapping);
        }
        return mapping >= 0;
    }

    /**
     * Ends the rest of mappings on addresses that drain, a bounded number a call.
     *
     * @return how many
     */
    int drain() {
        int ended = 0;
        for (int mapping = resting.nextDraining();
                mapping >= 0 && ended < MOST_DRAINED;
                mapping = resting.nextDraining()) {
            store.endRest(mapping);
            ended++;
        }
        return ended;
    }

    private void releaseRested(final int number, final int protocol, final boolean privileged, final int nowS) {
        for (int i = 0; i < RELEASES_FOR_EACH_NEW; i++) {
            final int mapping = resting.rested(number, protocol, privileged, nowS);
            if (mapping < 0) {
                return;
            }
            store.endRest(mapping);
        }
    }

    private void reclaim(final int mapping, final int nowS) {
        if (resting.rests(mapping, nowS)) {
            reclaimed++;
        }
        store.endRest(mapping);
    }
}
