package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Flow;

/**
 * The mappings: which inside endpoint has which outside endpoint, and for how long. The mapping is
 * endpoint-independent: the remote is no part of the key, the egress is. {@link MappingStore} keeps them.
 *
 * <pre>
 *            first session            last session ends
 *   (none) ---------------&gt; live ------------------------&gt; resting ------------&gt; (none)
 *                             ^     unless all its sessions    |     rest is over, or
 *                             |     were closed TCP            |     reclaimed early
 *                             +--------------------------------+
 *                               its inside endpoint speaks again
 * </pre>
 *
 * <p>A resting mapping keeps its port, and its inside endpoint gets it back. It is reclaimed before its time only
 * when a new mapping finds no free port of its class, no free record, or no room for its host; that is counted. A live
 * mapping is never evicted (RFC 6888 REQ-11). {@link MappingRoom} ends rests.
 *
 * <p>A static rule is found in the policy, and its mapping by the cell of its outside port. The mapping is made with
 * the port's first session and freed with the last; it does not rest, since the port is nobody else's. It has room of
 * its own in the slab beside the dynamic ones. A range has a mapping for each port that is in use, a whole address one
 * for all protocols and ports.
 *
 * <p>A protocol without ports has a dynamic mapping without one for each inside host that uses it: it holds the host's
 * address and does not rest.
 *
 * <p>A policy may take from a dynamic mapping what it has: its outside address, or its port for a rule. Then no new
 * session gets it, it does not rest, and it is freed with its last session, which control's sweep ends.
 *
 * <p>One worker uses it.
 */
final class MappingTable implements AutoCloseable {
    private final MappingStore store;
    private final MappingSlab records;
    private final OutsidePorts ports;
    private final RestingMappings resting;
    private final HostTable hosts;
    private final RuleSlots slots;
    private final MappingRoom room;
    private final AnotherAddress another;
    private OutsideAddresses addresses;
    private StaticRules rules;

    /**
     * Keeps the touches alive: what a new mapping needs is on its way together, while the one before it is looked at.
     */
    private long touched;

    MappingTable(final NatConfig config, final TableMemory memory, final FlowKey key) {
        store = new MappingStore(config, memory, key);
        records = store.records();
        ports = store.ports();
        resting = store.resting();
        hosts = store.hosts();
        slots = store.slots();
        room = new MappingRoom(store);
        another = new AnotherAddress(store);
    }

    /** Takes a policy over. Mappings that it does not allow any more stay until their sessions have been ended. */
    void adopt(final Policy policy) {
        addresses = policy.addresses();
        rules = policy.rules();
        store.adopt(policy);
        another.adopt(policy);
    }

    /** What is kept for each rule with a mapping. */
    RuleSlots slots() {
        return slots;
    }

    /** Mappings with a session. */
    int live() {
        return records.taken() - resting.size();
    }

    int resting() {
        return resting.size();
    }

    MappingStore store() {
        return store;
    }

    /** Whether flows that leave by an egress have outside addresses. */
    boolean hasPool(final int egress) {
        return addresses.poolSize(egress) > 0;
    }

    /** The outside address of a number. */
    int outsideAddress(final int number) {
        return addresses.address(number);
    }

    /** Finds room for new mappings by ending rests. */
    MappingRoom room() {
        return room;
    }

    /** How many ports of each outside address are taken. */
    PoolCounts poolCounts() {
        return store.counts();
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
     * they do not. Changes nothing.
     */
    int refusal(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        return refusal(address, port, protocol, realm, egress, 0, nowS);
    }

    /** As the other one, if the host had some sessions fewer. */
    int refusal(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int egress,
            final int fewer,
            final int nowS) {
        final int host = hosts.find(address, realm);
        if (host < 0) {
            return 0;
        }
        final int reason = hosts.refusal(host, fewer, nowS);
        if (reason != 0) {
            return reason;
        }
        final boolean full = hosts.lacksPorts(host, 1)
                && rule(address, port, protocol, realm, egress) < 0
                && findInside(address, port, protocol, realm, egress) < 0;
        return full ? DropReason.HOST_PORTS_FULL.code : 0;
    }

    /** Whether a rule says what an inside endpoint gets by an egress. */
    boolean hasRule(final int address, final int port, final int protocol, final int realm, final int egress) {
        return rule(address, port, protocol, realm, egress) >= 0;
    }

    /** The rule that an inside endpoint uses by an egress, or -1. */
    int rule(final int address, final int port, final int protocol, final int realm, final int egress) {
        return realm == 0 && rules.size() > 0 ? rules.byInside(address, port, protocol, egress) : -1;
    }

    /** As {@link MappingStore#find}. */
    int findInside(final int address, final int port, final int protocol, final int realm, final int egress) {
        return store.find(address, port, protocol, realm, egress);
    }

    /** The outside endpoint's mapping, live or resting, or -1. */
    int findOutside(final int address, final int port, final int protocol) {
        return ports.findMapping(address, port, protocol);
    }

    /** The slot that counts what the outside opens on a port of a rule, or -1 when the rule has no mapping. */
    int slotOf(final int rule, final int outsidePort) {
        final int holder = store.holder(rule, outsidePort);
        final int own = holder < 0 ? -1 : MappingRecord.slot(record(holder));
        return own >= 0 ? own : slots.slotOf(rule);
    }

    /**
     * The mapping of an outside port of a rule, made when there is none. A new one is live only with {@link
     * #addSession}; that or {@link #dropUnused} has to follow. A dynamic mapping between the same two endpoints becomes
     * the rule's.
     *
     * @return the mapping, or the negative code of {@link DropReason#MAPPINGS_FULL}, when as many mappings of rules as
     *     there may be have not ended yet
     */
    int ofRule(final int rule, final int outsidePort, final int nowS) {
        final int holder = store.holder(rule, outsidePort);
        if (holder >= 0) {
            final long record = record(holder);
            // What the outside opened on a dynamic mapping counts in no slot.
            if (isBetween(rule, outsidePort, record) && (MappingRecord.isStatic(record) || !slots.isFull(rule))) {
                if (!MappingRecord.isStatic(record) && !MappingRecord.isCalled(record)) {
                    store.makeStatic(holder, rule);
                }
                return holder;
            }
            if (MappingRecord.isResting(record)) {
                store.endRest(holder);
            }
        }
        return slots.isFull(rule) ? -DropReason.MAPPINGS_FULL.code : store.writeStatic(rule, outsidePort, nowS);
    }

    /** Whether a mapping on an outside port of a rule has the inside endpoint that the rule leads to. */
    private boolean isBetween(final int rule, final int outsidePort, final long record) {
        return MappingRecord.realm(record) == 0
                && (MappingRecord.isWhole(record)
                        ? MappingRecord.insideAddress(record) == rules.insideAddress(rule)
                        : rules.leadsTo(
                                rule,
                                outsidePort,
                                MappingRecord.insideAddress(record),
                                MappingRecord.insidePort(record)));
    }

    /**
     * The inside endpoint's mapping for an egress, made when there is none. A new one is live only with {@link
     * #addSession}; that or {@link #dropUnused} has to follow.
     *
     * @return the mapping, or the negative code of what {@link #refusal} says, of {@link DropReason#HOSTS_FULL},
     *     {@link DropReason#PORTS_EXHAUSTED}, {@link DropReason#MAPPINGS_FULL} or {@link DropReason#INDEX_CROWDED}
     */
    int findOrCreate(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final int rule = rule(address, port, protocol, realm, egress);
        if (rule >= 0) {
            return ofOwnRule(rule, address, port, realm, nowS);
        }
        final long hash = store.insideHash(address, port, protocol, realm, egress);
        final int home = hosts.home(address, realm);
        touched += store.touch(hash) + hosts.touch(home);
        final int found = store.find(hash, address, port, protocol, realm, egress);
        if (found < 0) {
            return create(address, port, protocol, realm, egress, hash, home, false, nowS);
        }
        final int refusal = hosts.admit(records.host(found), nowS);
        return refusal != 0 ? -refusal : found;
    }

    /**
     * The mapping of the rule that an inside endpoint uses, if the host's limits allow it; or a reason's negative code.
     */
    int ofOwnRule(final int rule, final int address, final int port, final int realm, final int nowS) {
        final int host = hosts.find(address, realm);
        final int refusal = host < 0 ? 0 : hosts.admit(host, nowS);
        return refusal != 0 ? -refusal : ofRule(rule, rules.outsidePort(rule, port), nowS);
    }

    /** Whether the policy allows {@link #createElsewhere}. */
    boolean mayCreateElsewhere() {
        return another.isAllowed();
    }

    /** How many mappings were made on another address than the paired one. */
    long elsewhere() {
        return another.chosen();
    }

    /**
     * Makes the mapping that {@link #findOrCreate} has just refused because the paired address has no port left: on
     * another address of the egress's pool.
     *
     * @return as {@link #findOrCreate}
     */
    int createElsewhere(
            final int address, final int port, final int protocol, final int realm, final int egress, final int nowS) {
        final long hash = store.insideHash(address, port, protocol, realm, egress);
        return create(address, port, protocol, realm, egress, hash, hosts.home(address, realm), true, nowS);
    }

    private int create(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int egress,
            final long hash,
            final int home,
            final boolean elsewhere,
            final int nowS) {
        if (addresses.poolSize(egress) == 0) {
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        if (!store.hasRoom(hash)) {
            return -DropReason.INDEX_CROWDED.code;
        }
        final int host = admitHost(address, realm, home, nowS);
        if (host < 0) {
            return host;
        }
        final int paired = hosts.pairedNumber(host, address, realm, egress);
        final int number = elsewhere
                ? another.number(host, paired, egress, protocol, OutsidePorts.isPrivileged(protocol, port))
                : paired;
        final int outsidePort = number < 0 ? -1 : takePort(number, protocol, port, nowS);
        if (outsidePort < 0) {
            hosts.removePort(host);
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        if (!room.takeRecord(nowS)) {
            if (Flow.hasPorts(protocol)) {
                ports.free(number, protocol, outsidePort);
            }
            hosts.removePort(host);
            return -DropReason.MAPPINGS_FULL.code;
        }
        if (elsewhere) {
            another.count();
        }
        return store.writeDynamic(hash, address, port, protocol, realm, host, number, outsidePort);
    }

    /** A free outside port, 0 of a protocol without ports, or -1. */
    private int takePort(final int number, final int protocol, final int port, final int nowS) {
        if (ports.isWhole(number)) {
            return -1;
        }
        return Flow.hasPorts(protocol) ? room.takePort(number, protocol, port, nowS) : 0;
    }

    /** As {@link #admitHost(int, int, int, int)}. */
    int admitHost(final int address, final int realm, final int nowS) {
        return admitHost(address, realm, hosts.home(address, realm), nowS);
    }

    /**
     * The host of an inside address, with one more port counted, if its limits allow it; or a reason's negative code.
     */
    private int admitHost(final int address, final int realm, final int home, final int nowS) {
        final int host = room.takeHost(address, realm, home, nowS);
        if (host < 0) {
            return -DropReason.HOSTS_FULL.code;
        }
        final int refusal = hosts.admit(host, nowS);
        if (refusal != 0 || hosts.lacksPorts(host, 0)) {
            hosts.removePort(host);
            return refusal != 0 ? -refusal : -DropReason.HOST_PORTS_FULL.code;
        }
        return host;
    }

    /** The number of the outside address that an inside address gets by an egress, or -1 for one without a pool. */
    int pairedNumber(final int address, final int realm, final int egress) {
        return addresses.poolSize(egress) == 0
                ? -1
                : hosts.pairedNumber(hosts.find(address, realm), address, realm, egress);
    }

    /** Frees a mapping that was just made and got no session. */
    void dropUnused(final int mapping) {
        final long record = record(mapping);
        if (MappingRecord.sessions(record) == 0 && !MappingRecord.isResting(record)) {
            store.free(mapping);
        }
    }

    /** Notes that the outside opens a session on a dynamic mapping. */
    void call(final int mapping) {
        final long record = record(mapping);
        MappingRecord.publishFlags(record, MappingRecord.flags(record) | MappingLayout.FLAG_CALLED);
    }

    /** Counts a session of an earlier process. */
    void keepSession(final int mapping, final boolean fromOutside) {
        if (fromOutside && !MappingRecord.isStatic(record(mapping))) {
            call(mapping);
        }
        hosts.keepSession(records.host(mapping), fromOutside);
        count(mapping, record(mapping));
    }

    /** Counts a new session on the mapping, which ends its rest. */
    void addSession(final int mapping, final boolean fromOutside) {
        final long record = record(mapping);
        if (MappingRecord.isResting(record)) {
            resting.remove(mapping);
            Memory.putInt(record + MappingLayout.UNANSWERED, 0);
        }
        hosts.addSession(records.host(mapping), fromOutside);
        count(mapping, record);
    }

    private void count(final int mapping, final long record) {
        final int before = MappingRecord.sessions(record);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, before + 1);
        if (before == 0) {
            hosts.link(records.host(mapping), mapping);
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
        final int last = left == 0 ? MappingLayout.FLAG_CALLED : 0;
        final int flags = MappingRecord.flags(record) & ~last | (closed ? 0 : MappingLayout.FLAG_MUST_REST);
        Memory.putInt(record + MappingLayout.SESSIONS_OFFSET, left);
        MappingRecord.publishFlags(record, flags);
        hosts.removeSession(host, fromOutside);
        if (left > 0) {
            return;
        }
        hosts.unlink(host, mapping);
        if (mayRest(mapping, record)) {
            resting.add(mapping, nowS);
        } else {
            store.free(mapping);
        }
    }

    /** The mapping of a rule rests only if the rule is gone. */
    private boolean mayRest(final int mapping, final long record) {
        return (MappingRecord.flags(record) & MappingLayout.FLAG_MUST_REST) != 0
                && resting.isUsed()
                && Flow.hasPorts(MappingRecord.protocol(record))
                && !MappingRecord.isShared(record)
                && store.isAllowed(record)
                && (!MappingRecord.isStatic(record) || store.makeDynamic(mapping));
    }

    long bytes() {
        return store.bytes();
    }

    @Override
    public void close() {
        store.close();
    }
}
