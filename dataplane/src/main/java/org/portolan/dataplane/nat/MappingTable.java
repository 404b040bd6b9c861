package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The mappings: a slab of {@link MappingLayout} records, found from inside by hash (the mapping is
 * endpoint-independent: the remote is no part of the key, the egress is), from outside by one array cell for each port.
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
 * when a new mapping finds no free port of its class, or no free record; that is counted. A live mapping is never
 * evicted (RFC 6888 REQ-11). Rested mappings are freed in passing: two by each new mapping of the same queue, so
 * they can not pile up there.
 *
 * <p>One worker uses it.
 */
final class MappingTable implements AutoCloseable {
    private static final int RELEASES_FOR_EACH_NEW = 2;

    private final int capacity;
    private final int restS;
    private final FlowKey key;
    private final FlowKey pairing;
    private final OutsideAddresses addresses;
    private final Slab records;
    private final BucketIndex inside;
    private final Slab cells;
    private final PortAllocator ports;
    private final AgeQueues resting;
    private int taken;
    private int untouched;
    private int freeChain = -1;
    private long reclaimed;

    MappingTable(final NatConfig config, final OutsideAddresses addresses, final FlowKey key) {
        capacity = config.maxMappings();
        restS = config.portRestSeconds();
        this.key = key;
        pairing = new FlowKey(config.secrets().pairing());
        this.addresses = addresses;
        records = Slab.allocate((long) capacity * MappingLayout.RECORD_BYTES, "mappings");
        inside = new BucketIndex(capacity, "mapping index");
        cells = Slab.allocate((long) addresses.spaces() * (PortAllocator.LAST_PORT + 1) * Integer.BYTES, "port cells");
        ports = new PortAllocator(addresses.spaces(), config.secrets().ports());
        resting = new AgeQueues(
                addresses.spaces() * 2,
                new AgeQueues.Fields(
                        records.address() + MappingLayout.OLDER_OFFSET,
                        records.address() + MappingLayout.NEWER_OFFSET,
                        MappingLayout.RECORD_BYTES,
                        records.address() + MappingLayout.REST_UNTIL_OFFSET,
                        MappingLayout.RECORD_BYTES));
        for (int number = 0; number < addresses.count(); number++) {
            ports.take(OutsideAddresses.space(number, Ipv4.UDP), 0);
            ports.take(OutsideAddresses.space(number, Ipv4.TCP), 0);
        }
        for (final NatConfig.Forward forward : config.forwards()) {
            pin(forward);
        }
    }

    private void pin(final NatConfig.Forward forward) {
        final int number = addresses.numberOf(forward.externalAddress());
        ports.take(OutsideAddresses.space(number, forward.protocol()), forward.externalPort());
        final int mapping = write(
                forward.internalAddress(),
                forward.internalPort(),
                forward.protocol(),
                0,
                number,
                forward.externalPort());
        Memory.putInt(record(mapping) + MappingLayout.OUTSIDE_SESSIONS, 0);
        final int flags = MappingLayout.FLAG_TAKEN | MappingLayout.FLAG_PINNED;
        Memory.putU8(record(mapping) + MappingLayout.FLAGS_OFFSET, flags);
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
        return taken - resting.size();
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
        return records.address() + (long) mapping * MappingLayout.RECORD_BYTES;
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
        final int number = addresses.numberOf(address);
        return number < 0 ? -1 : Memory.intAt(cell(OutsideAddresses.space(number, protocol), port)) - 1;
    }

    /**
     * The inside endpoint's mapping for an egress that has a pool, made when there is none. A new one is live only with
     * {@link #addSession}; that or {@link #dropUnused} has to follow.
     *
     * @return the mapping, or the negative code of {@link DropReason#PORTS_EXHAUSTED},
     *     {@link DropReason#MAPPINGS_FULL} or {@link DropReason#INDEX_CROWDED}
     */
    int findOrCreate(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final int found = findInside(address, port, protocol, realm, egress);
        return found >= 0 ? found : create(address, port, protocol, realm, egress, nowS);
    }

    private int create(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final long hash = insideHash(address, port, protocol, realm, egress);
        if (!inside.hasRoom(hash, 1)) {
            return -DropReason.INDEX_CROWDED.code;
        }
        final int number = pairedNumber(address, realm, egress);
        final int space = OutsideAddresses.space(number, protocol);
        final int outsidePort = takePort(space, protocol, port, nowS);
        if (outsidePort < 0) {
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        if (taken == capacity) {
            final int oldest = resting.oldest(resting.oldestQueue());
            if (oldest < 0) {
                ports.free(space, outsidePort);
                return -DropReason.MAPPINGS_FULL.code;
            }
            reclaim(oldest, nowS);
        }
        final int mapping = write(address, port, protocol, realm, number, outsidePort);
        inside.insert(hash, mapping);
        return mapping;
    }

    /**
     * One outside address for an inside host and an egress, whatever the protocol and port (RFC 4787 REQ-2, RFC 6888
     * REQ-2).
     */
    int pairedNumber(final int address, final int realm, final int egress) {
        final long hash = pairing.hash(Flow.addresses(address, 0), Flow.ports(realm, 0, 0, 0)) & 0xFFFF_FFFFL;
        return addresses.poolStart(egress) + (int) (hash * addresses.poolSize(egress) >>> 32);
    }

    /**
     * The port itself, any of its class, for one below 1024 any other, and last one of these whose rest then ends
     * early.
     *
     * @return -1 when there is none
     */
    private int takePort(final int space, final int protocol, final int port, final int nowS) {
        final boolean privileged = isPrivileged(protocol, port);
        releaseRested(queue(space, privileged), nowS);
        if (ports.take(space, port)) {
            return port;
        }
        int picked = ports.takeAny(space, lowest(protocol, port), highest(protocol, port));
        if (picked < 0 && privileged) {
            releaseRested(queue(space, false), nowS);
            picked = ports.takeAny(space, PortAllocator.FIRST_UNPRIVILEGED_PORT, PortAllocator.LAST_PORT);
        }
        if (picked < 0) {
            picked = takeResting(space, queue(space, privileged), nowS);
        }
        return picked < 0 && privileged ? takeResting(space, queue(space, false), nowS) : picked;
    }

    private int takeResting(final int space, final int queue, final int nowS) {
        final int mapping = resting.oldest(queue);
        if (mapping < 0) {
            return -1;
        }
        final int port = MappingRecord.outsidePort(record(mapping));
        reclaim(mapping, nowS);
        ports.take(space, port);
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

    /** Whether a port is of the class below 1024. */
    static boolean isPrivileged(final int protocol, final int port) {
        return protocol != Ipv4.ICMP && port < PortAllocator.FIRST_UNPRIVILEGED_PORT;
    }

    private static int lowest(final int protocol, final int port) {
        return protocol == Ipv4.ICMP || isPrivileged(protocol, port) ? 0 : PortAllocator.FIRST_UNPRIVILEGED_PORT;
    }

    private static int highest(final int protocol, final int port) {
        return isPrivileged(protocol, port) ? PortAllocator.FIRST_UNPRIVILEGED_PORT - 1 : PortAllocator.LAST_PORT;
    }

    private static int queue(final int space, final boolean privileged) {
        return 2 * space + (privileged ? 0 : 1);
    }

    private int queueOf(final long record) {
        final int space = OutsideAddresses.space(
                addresses.numberOf(MappingRecord.outsideAddress(record)), MappingRecord.protocol(record));
        return queue(space, isPrivileged(MappingRecord.protocol(record), MappingRecord.outsidePort(record)));
    }

    private int write(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int outsideNumber,
            final int outsidePort) {
        final int mapping = takeRecord();
        final long record = record(mapping);
        Memory.putInt(record + MappingLayout.INSIDE_ADDRESS_OFFSET, address);
        Memory.putInt(record + MappingLayout.OUTSIDE_ADDRESS_OFFSET, addresses.address(outsideNumber));
        Memory.putShort(record + MappingLayout.INSIDE_PORT_OFFSET, (short) port);
        Memory.putShort(record + MappingLayout.OUTSIDE_PORT_OFFSET, (short) outsidePort);
        Memory.putShort(record + MappingLayout.REALM_OFFSET, (short) realm);
        Memory.putU8(record + MappingLayout.PROTOCOL_OFFSET, protocol);
        Memory.putU8(record + MappingLayout.FLAGS_OFFSET, MappingLayout.FLAG_TAKEN);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, 0);
        Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
        Memory.putInt(cellOf(record), mapping + 1);
        return mapping;
    }

    private int takeRecord() {
        taken++;
        if (freeChain < 0) {
            return untouched++;
        }
        final int mapping = freeChain;
        freeChain = Memory.intAt(record(mapping) + MappingLayout.NEWER_OFFSET) - 1;
        return mapping;
    }

    /** Counts a session on the mapping, which ends its rest. */
    void addSession(final int mapping) {
        final long record = record(mapping);
        final int flags = MappingRecord.flags(record);
        if ((flags & MappingLayout.FLAG_RESTING) != 0) {
            resting.remove(queueOf(record), mapping);
            Memory.putU8(record + MappingLayout.FLAGS_OFFSET, flags & ~MappingLayout.FLAG_RESTING);
            Memory.putInt(record + MappingLayout.FIRST_SESSION, 0);
        }
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, MappingRecord.sessions(record) + 1);
    }

    /**
     * Takes a session off the mapping; with the last one it rests, or is free at once.
     *
     * @param closed whether it was a TCP connection seen to close: its peer will send nothing more to the port
     */
    void removeSession(final int mapping, final boolean closed, final int nowS) {
        final long record = record(mapping);
        final int left = MappingRecord.sessions(record) - 1;
        final int flags = MappingRecord.flags(record) | (closed ? 0 : MappingLayout.FLAG_MUST_REST);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, left);
        Memory.putU8(record + MappingLayout.FLAGS_OFFSET, flags);
        if (left > 0 || MappingRecord.isPinned(record)) {
            return;
        }
        if ((flags & MappingLayout.FLAG_MUST_REST) == 0 || restS == 0) {
            free(mapping, record);
        } else {
            Memory.putU8(record + MappingLayout.FLAGS_OFFSET, flags | MappingLayout.FLAG_RESTING);
            Memory.putInt(record + MappingLayout.REST_UNTIL_OFFSET, nowS + restS);
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
        Memory.putInt(cellOf(record), 0);
        final int number = addresses.numberOf(MappingRecord.outsideAddress(record));
        ports.free(OutsideAddresses.space(number, MappingRecord.protocol(record)), MappingRecord.outsidePort(record));
        Memory.putU8(record + MappingLayout.FLAGS_OFFSET, 0);
        Memory.putInt(record + MappingLayout.NEWER_OFFSET, freeChain + 1);
        freeChain = mapping;
        taken--;
    }

    private long insideHash(final int address, final int port, final int protocol, final int realm, final int egress) {
        return key.hash(Flow.addresses(address, 0), Flow.ports(realm, protocol, port, egress));
    }

    private int egress(final long record) {
        return addresses.egress(addresses.numberOf(MappingRecord.outsideAddress(record)));
    }

    private long cellOf(final long record) {
        final int number = addresses.numberOf(MappingRecord.outsideAddress(record));
        return cell(OutsideAddresses.space(number, MappingRecord.protocol(record)), MappingRecord.outsidePort(record));
    }

    private long cell(final int space, final int port) {
        return cells.address() + ((long) space * (PortAllocator.LAST_PORT + 1) + port) * Integer.BYTES;
    }

    long bytes() {
        return records.bytes() + inside.bytes() + cells.bytes() + ports.bytes();
    }

    @Override
    public void close() {
        ports.close();
        cells.close();
        inside.close();
        records.close();
    }
}
