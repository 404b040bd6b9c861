package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The mappings: a slab of {@link MappingLayout} records, found from inside by hash (the mapping is
 * endpoint-independent: the remote is not part of the key, the egress is), from outside by one array cell for each port.
 * The first ones are the forwards', in the config's order; of several forwards to one inside endpoint the first is
 * found from inside.
 *
 * <pre>
 *            first session            last session ends
 *   (none) ---------------> live ------------------------> resting ------------> (none)
 *                             ^     unless all its sessions    |     rest is over, or
 *                             |     were closed TCP            |     reclaimed early
 *                             +--------------------------------+
 *                               its inside endpoint speaks again
 * </pre>
 *
 * <p>A resting mapping keeps its port, and its inside endpoint gets it back. It is reclaimed before its time only
 * when a new mapping finds no free port of its class, no free record, or no room for its host; that is counted. A live
 * mapping is never evicted (RFC 6888 REQ-11). Rested mappings are freed in passing: two by each new mapping of the same
 * queue, so they can not pile up there.
 *
 * <p>One worker uses it.
 */
final class MappingTable implements AutoCloseable {
    private static final int RELEASES_FOR_EACH_NEW = 2;

    /** How many resting mappings a new host looks at for one that is its host's only one. */
    private static final int LOOKS_FOR_A_HOST = 16;

    private final int restS;
    private final FlowKey key;
    private final OutsideAddresses addresses;
    private final MappingSlab records;
    private final BucketIndex inside;
    private final OutsidePorts ports;
    private final AgeQueues resting;
    private final HostTable hosts;
    private long reclaimed;

    MappingTable(
            final NatConfig config, final TableMemory memory, final OutsideAddresses addresses, final FlowKey key) {
        restS = config.portRestSeconds();
        this.key = key;
        this.addresses = addresses;
        records = new MappingSlab(memory.mappings());
        inside = new BucketIndex(config.maxMappings(), "mapping index");
        ports = new OutsidePorts(addresses, config.secrets().ports());
        resting = new AgeQueues(
                addresses.spaces() * 2,
                new AgeQueues.Fields(
                        records.record(0) + MappingLayout.OLDER_OFFSET,
                        records.record(0) + MappingLayout.NEWER_OFFSET,
                        MappingLayout.RECORD_BYTES,
                        records.record(0) + MappingLayout.REST_UNTIL_OFFSET,
                        MappingLayout.RECORD_BYTES));
        hosts = new HostTable(memory.hosts(), config, addresses, records);
        for (final NatConfig.Forward forward : config.forwards()) {
            pin(forward);
        }
    }

    private void pin(final NatConfig.Forward forward) {
        final int number = addresses.numberOf(forward.externalAddress());
        ports.take(number, forward.protocol(), forward.externalPort());
        final int mapping = write(
                forward.internalAddress(),
                forward.internalPort(),
                forward.protocol(),
                0,
                hosts.pin(forward.internalAddress(), 0),
                number,
                forward.externalPort());
        MappingRecord.publishFlags(record(mapping), MappingLayout.FLAG_TAKEN | MappingLayout.FLAG_PINNED);
        indexPinned(forward, mapping);
    }

    /**
     * Only the first forward to an inside endpoint is indexed: no other is found from inside, and a pinned mapping is
     * never removed. All of them under the same hash could be more than the index takes.
     */
    private void indexPinned(final NatConfig.Forward forward, final int mapping) {
        final int address = forward.internalAddress();
        final int port = forward.internalPort();
        if (findInside(address, port, forward.protocol(), 0, forward.egress()) >= 0) {
            return;
        }
        final long hash = insideHash(address, port, forward.protocol(), 0, forward.egress());
        if (!inside.hasRoom(hash, 1)) {
            throw new IllegalStateException("no room in the mapping index for the forward "
                    + Ipv4.describeAddress(forward.externalAddress()) + ":" + forward.externalPort()
                    + ": by chance too many forwards meet in one place; start again, with new secrets");
        }
        inside.insert(hash, mapping);
    }

    /** Mappings with a session or a pin. */
    int live() {
        return records.taken() - resting.size();
    }

    int resting() {
        return resting.size();
    }

    /** How many resting mappings had to give up their port before its time. */
    long reclaimed() {
        return reclaimed;
    }

    /** Address of a mapping's record. */
    long record(final int mapping) {
        return records.record(mapping);
    }

    /** The inside hosts with a mapping. */
    HostTable hosts() {
        return hosts;
    }

    /**
     * The first mapping with sessions of an inside address, or -1; {@link #nextOfHost} gives the others. A mapping
     * leaves the chain with its last session: whoever ends all sessions of a host asks for the first one again.
     */
    int firstOfHost(final int address, final int realm) {
        final int host = hosts.find(address, realm);
        return host < 0 ? -1 : HostRecord.firstMapping(hosts.record(host));
    }

    /** Index of a mapping's host. */
    int hostOf(final int mapping) {
        return records.host(mapping);
    }

    /** The mapping with sessions before one of the same host, or -1. */
    int previousOfHost(final int mapping) {
        return records.previousOfHost(mapping);
    }

    /** The next mapping with sessions of the same host, or -1. */
    int nextOfHost(final int mapping) {
        return records.nextOfHost(mapping);
    }

    /**
     * Why the limits of an inside host refuse it a session from an endpoint by an egress, as the code of
     * {@link DropReason#HOST_SESSIONS_FULL}, {@link DropReason#HOST_RATE} or {@link DropReason#HOST_PORTS_FULL}; 0 when
     * they do not.
     */
    int refusal(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final int host = hosts.find(address, realm);
        if (host < 0) {
            return 0;
        }
        final int reason = hosts.refusal(host, nowS);
        if (reason != 0) {
            return reason;
        }
        final boolean full = hosts.lacksPorts(host, 1) && findInside(address, port, protocol, realm, egress) < 0;
        return full ? DropReason.HOST_PORTS_FULL.code : 0;
    }

    /** The inside endpoint's mapping for an egress, live or resting, or -1. */
    int findInside(final int address, final int port, final int protocol, final int realm, final int egress) {
        final long hash = insideHash(address, port, protocol, realm, egress);
        long candidate = inside.first(hash);
        while (candidate >= 0) {
            final long record = record((int) candidate);
            if (MappingRecord.insideAddress(record) == address
                    && MappingRecord.insidePort(record) == port
                    && MappingRecord.protocol(record) == protocol
                    && MappingRecord.realm(record) == realm
                    && egress(record) == egress) {
                return (int) candidate;
            }
            candidate = inside.after(hash, candidate);
        }
        return -1;
    }

    /** The outside endpoint's mapping, live or resting, or -1. */
    int findOutside(final int address, final int port, final int protocol) {
        return ports.findMapping(address, port, protocol);
    }

    /**
     * The inside endpoint's mapping for an egress that has a pool, made when there is none. A new one is live only with
     * {@link #addSession}; that or {@link #dropUnused} has to follow.
     *
     * @return the mapping, or the negative code of what {@link #refusal} says, of {@link DropReason#HOSTS_FULL},
     *     {@link DropReason#PORTS_EXHAUSTED}, {@link DropReason#MAPPINGS_FULL} or {@link DropReason#INDEX_CROWDED}
     */
    int findOrCreate(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final int found = findInside(address, port, protocol, realm, egress);
        if (found < 0) {
            return create(address, port, protocol, realm, egress, nowS);
        }
        final int refusal = hosts.refusal(records.host(found), nowS);
        return refusal != 0 ? -refusal : found;
    }

    private int create(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final long hash = insideHash(address, port, protocol, realm, egress);
        if (!inside.hasRoom(hash, 1)) {
            return -DropReason.INDEX_CROWDED.code;
        }
        final int host = takeHost(address, realm, nowS);
        if (host < 0) {
            return -DropReason.HOSTS_FULL.code;
        }
        final int refusal = hosts.refusal(host, nowS);
        if (refusal != 0 || hosts.lacksPorts(host, 0)) {
            hosts.removePort(host);
            return refusal != 0 ? -refusal : -DropReason.HOST_PORTS_FULL.code;
        }
        final int number = hosts.pairedNumber(host, address, realm, egress);
        final int outsidePort = takePort(number, protocol, port, nowS);
        if (outsidePort < 0) {
            hosts.removePort(host);
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        if (records.isFull()) {
            final int oldest = resting.oldest(resting.oldestQueue());
            if (oldest < 0) {
                ports.free(number, protocol, outsidePort);
                hosts.removePort(host);
                return -DropReason.MAPPINGS_FULL.code;
            }
            reclaim(oldest, nowS);
        }
        final int mapping = write(address, port, protocol, realm, host, number, outsidePort);
        hosts.addPaired(mapping);
        inside.insert(hash, mapping);
        return mapping;
    }

    /** The host of an inside address with a port more; a host's only port ends its rest early when there is no room. */
    private int takeHost(final int address, final int realm, final int nowS) {
        final int host = hosts.addPort(address, realm, nowS);
        if (host >= 0) {
            return host;
        }
        int mapping = resting.oldest(resting.oldestQueue());
        for (int i = 0; mapping >= 0 && i < LOOKS_FOR_A_HOST; i++) {
            final long old = hosts.record(records.host(mapping));
            if (HostRecord.ports(old) == 1 && !HostRecord.isPinned(old)) {
                reclaim(mapping, nowS);
                return hosts.addPort(address, realm, nowS);
            }
            mapping = resting.newer(mapping);
        }
        return -1;
    }

    /** The number of the outside address that an inside address gets by an egress. */
    int pairedNumber(final int address, final int realm, final int egress) {
        return hosts.pairedNumber(hosts.find(address, realm), address, realm, egress);
    }

    /**
     * The port itself, any of its class, for one below 1024 any other, and last one of these whose rest then ends
     * early.
     *
     * @return -1 when there is none
     */
    private int takePort(final int number, final int protocol, final int port, final int nowS) {
        final boolean privileged = OutsidePorts.isPrivileged(protocol, port);
        final int space = OutsideAddresses.space(number, protocol);
        releaseRested(queue(space, privileged), nowS);
        int picked = ports.takeLike(number, protocol, port);
        if (picked < 0 && privileged) {
            releaseRested(queue(space, false), nowS);
            picked = ports.takeHigh(number, protocol);
        }
        if (picked < 0) {
            picked = takeResting(number, protocol, privileged, nowS);
        }
        return picked < 0 && privileged ? takeResting(number, protocol, false, nowS) : picked;
    }

    private int takeResting(final int number, final int protocol, final boolean privileged, final int nowS) {
        final int mapping = resting.oldest(queue(OutsideAddresses.space(number, protocol), privileged));
        if (mapping < 0) {
            return -1;
        }
        final int port = MappingRecord.outsidePort(record(mapping));
        reclaim(mapping, nowS);
        ports.take(number, protocol, port);
        return port;
    }

    /** Frees a mapping that {@link #findOrCreate} has just made and that got no session. */
    void dropUnused(final int mapping) {
        final long record = record(mapping);
        if (MappingRecord.sessions(record) == 0
                && (MappingRecord.flags(record) & (MappingLayout.FLAG_PINNED | MappingLayout.FLAG_RESTING)) == 0) {
            free(mapping, record);
        }
    }

    private static int queue(final int space, final boolean privileged) {
        return 2 * space + (privileged ? 0 : 1);
    }

    private int queueOf(final long record) {
        final int space = OutsideAddresses.space(outsideNumber(record), MappingRecord.protocol(record));
        return queue(
                space, OutsidePorts.isPrivileged(MappingRecord.protocol(record), MappingRecord.outsidePort(record)));
    }

    private int write(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int host,
            final int outsideNumber,
            final int outsidePort) {
        final int mapping =
                records.write(address, port, protocol, realm, host, addresses.address(outsideNumber), outsidePort);
        ports.bind(outsideNumber, protocol, outsidePort, mapping);
        return mapping;
    }

    /** Counts a session on the mapping, which ends its rest. */
    void addSession(final int mapping, final boolean fromOutside) {
        final long record = record(mapping);
        final int before = MappingRecord.sessions(record);
        final int host = records.host(mapping);
        final int flags = MappingRecord.flags(record);
        if ((flags & MappingLayout.FLAG_RESTING) != 0) {
            resting.remove(queueOf(record), mapping);
            MappingRecord.publishFlags(record, flags & ~MappingLayout.FLAG_RESTING);
            Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
        }
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, before + 1);
        hosts.addSession(host, fromOutside);
        if (before == 0) {
            hosts.link(host, mapping);
        }
    }

    /**
     * Takes a session off the mapping; with the last one it rests, or is free at once.
     *
     * @param closed whether it was a TCP connection seen to close: its peer will send nothing more to the port
     */
    void removeSession(final int mapping, final boolean fromOutside, final boolean closed, final int nowS) {
        final long record = record(mapping);
        final int host = records.host(mapping);
        final int left = MappingRecord.sessions(record) - 1;
        final int flags = MappingRecord.flags(record) | (closed ? 0 : MappingLayout.FLAG_MUST_REST);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, left);
        MappingRecord.publishFlags(record, flags);
        hosts.removeSession(host, fromOutside);
        if (left > 0) {
            return;
        }
        hosts.unlink(host, mapping);
        if (MappingRecord.isPinned(record)) {
            return;
        }
        if ((flags & MappingLayout.FLAG_MUST_REST) == 0 || restS == 0) {
            free(mapping, record);
        } else {
            Memory.putInt(record + MappingLayout.REST_UNTIL_OFFSET, nowS + restS);
            MappingRecord.publishFlags(record, flags | MappingLayout.FLAG_RESTING);
            resting.add(queueOf(record), mapping);
        }
    }

    /**
     * Frees at most one mapping that has rested, of one queue after the other. Only the counts need it: a new
     * mapping frees what it needs.
     *
     * @return whether it freed one
     */
    boolean releaseNext(final int nowS) {
        final int mapping = resting.oldestOfNextQueue();
        if (mapping < 0 || MappingRecord.restUntilS(record(mapping)) > nowS) {
            return false;
        }
        endRest(mapping);
        return true;
    }

    private void releaseRested(final int queue, final int nowS) {
        for (int i = 0; i < RELEASES_FOR_EACH_NEW && resting.oldestStamp(queue) <= nowS; i++) {
            endRest(resting.oldest(queue));
        }
    }

    private void reclaim(final int mapping, final int nowS) {
        if (MappingRecord.restUntilS(record(mapping)) > nowS) {
            reclaimed++;
        }
        endRest(mapping);
    }

    private void endRest(final int mapping) {
        final long record = record(mapping);
        resting.remove(queueOf(record), mapping);
        free(mapping, record);
    }

    private void free(final int mapping, final long record) {
        inside.remove(
                insideHash(
                        MappingRecord.insideAddress(record),
                        MappingRecord.insidePort(record),
                        MappingRecord.protocol(record),
                        MappingRecord.realm(record),
                        egress(record)),
                mapping);
        hosts.removeMapping(mapping);
        ports.unbind(outsideNumber(record), MappingRecord.protocol(record), MappingRecord.outsidePort(record));
        records.free(mapping);
    }

    private long insideHash(final int address, final int port, final int protocol, final int realm, final int egress) {
        return key.hash(Flow.addresses(address, 0), Flow.ports(realm, protocol, port, egress));
    }

    private int egress(final long record) {
        return addresses.egress(outsideNumber(record));
    }

    private int outsideNumber(final long record) {
        return addresses.numberOf(MappingRecord.outsideAddress(record));
    }

    long bytes() {
        return records.bytes() + inside.bytes() + ports.bytes() + hosts.bytes();
    }

    @Override
    public void close() {
        hosts.close();
        ports.close();
        inside.close();
        records.close();
    }
}
