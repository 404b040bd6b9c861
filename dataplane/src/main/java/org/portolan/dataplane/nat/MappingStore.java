package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Flow;

/**
 * Where mappings are kept, and everything that a mapping is in: a slab of {@link MappingLayout} records, an index by
 * inside endpoint, one array cell for each outside port, the host's record, the rest queues, the slots of static rules.
 * What is written and freed here stays consistent; {@link MappingTable} decides what is.
 *
 * <pre>
 *                 found from inside by        found from outside by      counted in
 *   dynamic       the index                   (no one asks)              ports of the host, its paired address
 *   static        the policy's rule, then     the policy's rule, then    slots
 *                 the cell of its port        the cell of its port
 *                 or of its whole address     or of its whole address
 * </pre>
 *
 * <p>Dynamic and static ones have room of their own each. One worker uses it.
 */
final class MappingStore implements AutoCloseable {
    private final int mostDynamic;
    private final FlowKey key;
    private final MappingSlab records;
    private final BucketIndex inside;
    private final PoolCounts counts;
    private final OutsidePorts ports;
    private final RestingMappings resting;
    private final HostTable hosts;
    private final RuleSlots slots;
    private OutsideAddresses addresses;
    private StaticRules rules;

    MappingStore(final NatConfig config, final TableMemory memory, final FlowKey key) {
        mostDynamic = config.maxMappings();
        this.key = key;
        records = new MappingSlab(memory.mappings());
        inside = new BucketIndex(mostDynamic, "mapping index");
        counts = new PoolCounts(config.maxAddresses());
        ports = new OutsidePorts(config.secrets().ports(), counts, config.maxAddresses());
        resting = new RestingMappings(records, config.maxAddresses(), counts);
        hosts = new HostTable(memory.hosts(), HostTable.mostDynamic(config), config.secrets(), records);
        slots = new RuleSlots(config.maxRules(), config.maxRulePorts());
    }

    /** Records of all mappings: the dynamic ones, and those of rules. */
    static int capacityFor(final NatConfig config) {
        return config.maxMappings() + config.maxRules() + config.maxRulePorts();
    }

    void adopt(final Policy policy) {
        addresses = policy.addresses();
        rules = policy.rules();
        ports.adopt(policy);
        resting.adopt(policy);
        hosts.adopt(policy);
        slots.adopt(policy);
    }

    /** Address of a mapping's record. */
    long record(final int mapping) {
        return records.record(mapping);
    }

    MappingSlab records() {
        return records;
    }

    PoolCounts counts() {
        return counts;
    }

    OutsidePorts ports() {
        return ports;
    }

    RestingMappings resting() {
        return resting;
    }

    HostTable hosts() {
        return hosts;
    }

    RuleSlots slots() {
        return slots;
    }

    /** Whether there are as many dynamic mappings as there may be. */
    boolean isFull() {
        return records.taken() - slots.mappings() == mostDynamic;
    }

    /** Whether the index has room for the dynamic mapping of an inside endpoint with this {@link #insideHash}. */
    boolean hasRoom(final long hash) {
        return inside.hasRoom(hash, 1);
    }

    /** Touches what a new mapping of an inside endpoint will need; the value means nothing. */
    long touch(final long hash) {
        return inside.touch(hash) + records.touchFree();
    }

    /** The inside endpoint's dynamic mapping for an egress, live or resting, that may get a session; or -1. */
    int find(final int address, final int port, final int protocol, final int realm, final int egress) {
        return find(insideHash(address, port, protocol, realm, egress), address, port, protocol, realm, egress);
    }

    /** The same for an endpoint whose {@link #insideHash} is known. */
    int find(
            final long hash, final int address, final int port, final int protocol, final int realm, final int egress) {
        long candidate = inside.first(hash);
        while (candidate >= 0) {
            final long record = record((int) candidate);
            if (MappingRecord.insideAddress(record) == address
                    && MappingRecord.insidePort(record) == port
                    && MappingRecord.protocol(record) == protocol
                    && MappingRecord.realm(record) == realm
                    && egress(record) == egress
                    && isAllowed(record)) {
                return (int) candidate;
            }
            candidate = inside.after(hash, candidate);
        }
        return -1;
    }

    /** Whether the policy lets a dynamic mapping have its outside endpoint. */
    boolean isAllowed(final long record) {
        final int address = MappingRecord.outsideAddress(record);
        return addresses.isPooled(addresses.numberOf(address))
                && (rules.size() == 0
                        || rules.byOutside(address, MappingRecord.outsidePort(record), MappingRecord.protocol(record))
                                < 0);
    }

    /** The mapping that holds an outside port of a rule, or its whole address, whosever it is; or -1. */
    int holder(final int rule, final int outsidePort) {
        return ports.mapping(rules.outsideNumber(rule), rules.protocol(rule), outsidePort);
    }

    /** Writes a dynamic mapping without sessions, for which everything was taken, under its {@link #insideHash}. */
    int writeDynamic(
            final long hash,
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int host,
            final int outsideNumber,
            final int outsidePort) {
        final int mapping = write(address, port, protocol, realm, host, outsideNumber, outsidePort);
        hosts.addPaired(mapping);
        inside.insert(hash, mapping);
        return mapping;
    }

    /** Writes the mapping of one session under address-and-port-dependent mapping; nobody finds it but the session. */
    int writeShared(
            final int address,
            final int port,
            final int protocol,
            final int realm,
            final int host,
            final int outsideNumber,
            final int outsidePort) {
        final int mapping =
                records.write(address, port, protocol, realm, host, addresses.address(outsideNumber), outsidePort);
        MappingRecord.publishFlags(record(mapping), MappingLayout.FLAG_TAKEN | MappingLayout.FLAG_SHARED);
        ports.share(outsideNumber, protocol, outsidePort);
        hosts.addPaired(mapping);
        return mapping;
    }

    /** Writes the mapping of an outside port of a rule, without sessions; the rule must have room. */
    int writeStatic(final int rule, final int outsidePort, final int nowS) {
        final int address = rules.insideAddress(rule);
        final boolean whole = rules.isWhole(rule);
        final int mapping = write(
                address,
                whole ? 0 : rules.insidePort(rule, outsidePort),
                rules.protocol(rule),
                0,
                hosts.hold(address, 0, nowS),
                rules.outsideNumber(rule),
                whole ? 0 : outsidePort);
        takeSlot(record(mapping), rule);
        return mapping;
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

    private void takeSlot(final long record, final int rule) {
        Memory.putInt(record + MappingLayout.SLOT, slots.take(rule));
        final int flags = MappingRecord.flags(record) & ~MappingLayout.FLAG_PAIRED;
        MappingRecord.publishFlags(record, flags | MappingLayout.FLAG_STATIC);
    }

    /** Makes a dynamic mapping that has what a rule says the rule's own; the rule must have room. */
    void makeStatic(final int mapping, final int rule) {
        final long record = record(mapping);
        if (MappingRecord.isResting(record)) {
            resting.remove(mapping);
        }
        inside.remove(insideHash(record), mapping);
        hosts.takeMapping(mapping);
        takeSlot(record, rule);
    }

    /** Makes the mapping of a rule that is gone a dynamic one, if there is room for it among those. */
    boolean makeDynamic(final int mapping) {
        final long record = record(mapping);
        final long hash = insideHash(record);
        if (isFull() || !hosts.hasRoom() || !inside.hasRoom(hash, 1)) {
            return false;
        }
        slots.free(MappingRecord.slot(record));
        MappingRecord.publishFlags(record, MappingRecord.flags(record) & ~MappingLayout.FLAG_STATIC);
        hosts.addPort(records.host(mapping));
        hosts.addPaired(mapping);
        inside.insert(hash, mapping);
        return true;
    }

    /** Frees a mapping without sessions that does not rest, and its port unless a rule has it. */
    void free(final int mapping) {
        final long record = record(mapping);
        if (MappingRecord.isStatic(record)) {
            hosts.release(records.host(mapping));
            freeStatic(mapping, record);
        } else {
            if (!MappingRecord.isShared(record)) {
                inside.remove(insideHash(record), mapping);
            }
            hosts.removeMapping(mapping);
            freeRecord(mapping, record);
        }
    }

    private void freeStatic(final int mapping, final long record) {
        slots.free(MappingRecord.slot(record));
        freeRecord(mapping, record);
    }

    private void freeRecord(final int mapping, final long record) {
        final int number = addresses.numberOf(MappingRecord.outsideAddress(record));
        final int protocol = MappingRecord.protocol(record);
        if (MappingRecord.isShared(record)) {
            ports.unshare(number, protocol, MappingRecord.outsidePort(record));
        } else {
            ports.unbind(number, protocol, MappingRecord.outsidePort(record), mapping);
        }
        records.free(mapping);
    }

    /** Ends a mapping's rest and frees it. */
    void endRest(final int mapping) {
        resting.remove(mapping);
        free(mapping);
    }

    /**
     * Goes on with the mappings that an earlier process left, without their sessions. One on the port of a rule that
     * leads to its inside endpoint is the rule's, another one on a pool's address is dynamic, whatever each was before.
     *
     * @return how many are dropped: the policy does not allow them, or there is no room
     */
    int keepAll(final int nowS) {
        int lost = 0;
        for (int mapping = 0; mapping < records.capacity(); mapping++) {
            final long record = record(mapping);
            if (MappingRecord.flags(record) != 0 && !keep(mapping, record, nowS)) {
                // The mapping of one session is made again with it.
                lost += MappingRecord.isShared(record) ? 0 : 1;
                MappingRecord.publishFlags(record, 0);
            }
        }
        records.chainFree();
        return lost;
    }

    private boolean keep(final int mapping, final long record, final int nowS) {
        final int number = addresses.numberOf(MappingRecord.outsideAddress(record));
        if (number < 0
                || MappingRecord.isShared(record)
                || !hosts.hasPlace(MappingRecord.insideAddress(record), MappingRecord.realm(record))) {
            return false;
        }
        final int port = MappingRecord.outsidePort(record);
        final int rule = rules.byOutside(MappingRecord.outsideAddress(record), port, MappingRecord.protocol(record));
        if (MappingRecord.isWhole(record) != (rule >= 0 && rules.isWhole(rule))) {
            return false;
        }
        final boolean isKept = rule >= 0
                ? keepStatic(mapping, record, rule, nowS)
                : addresses.isPooled(number) && keepDynamic(mapping, record, number, nowS);
        if (isKept) {
            ports.bind(number, MappingRecord.protocol(record), port, mapping);
        }
        return isKept;
    }

    /** Its port is taken, as a rule has it. */
    private boolean keepStatic(final int mapping, final long record, final int rule, final int nowS) {
        final int address = MappingRecord.insideAddress(record);
        final int port = MappingRecord.outsidePort(record);
        if (MappingRecord.realm(record) != 0
                || !rules.leadsTo(rule, port, address, MappingRecord.insidePort(record))
                || holder(rule, port) >= 0
                || slots.isFull(rule)) {
            return false;
        }
        records.keep(mapping, hosts.hold(address, 0, nowS));
        MappingRecord.publishFlags(record, MappingRecord.flags(record) & ~MappingLayout.FLAG_RESTING);
        takeSlot(record, rule);
        return true;
    }

    private boolean keepDynamic(final int mapping, final long record, final int number, final int nowS) {
        final int address = MappingRecord.insideAddress(record);
        final int protocol = MappingRecord.protocol(record);
        final int realm = MappingRecord.realm(record);
        final long hash = insideHash(record);
        if (isFull()
                || find(address, MappingRecord.insidePort(record), protocol, realm, addresses.egress(number)) >= 0
                || !inside.hasRoom(hash, 1)
                || Flow.hasPorts(protocol) && !ports.take(number, protocol, MappingRecord.outsidePort(record))) {
            return false;
        }
        final int host = hosts.addPort(address, realm, nowS);
        if (host < 0) {
            if (Flow.hasPorts(protocol)) {
                ports.free(number, protocol, MappingRecord.outsidePort(record));
            }
            return false;
        }
        records.keep(mapping, host);
        final int flags = MappingRecord.flags(record);
        final int again = MappingLayout.FLAG_PAIRED | MappingLayout.FLAG_STATIC | MappingLayout.FLAG_CALLED;
        MappingRecord.publishFlags(record, flags & ~again);
        if ((flags & (MappingLayout.FLAG_PAIRED | MappingLayout.FLAG_STATIC)) != 0) {
            hosts.addPaired(mapping);
        }
        inside.insert(hash, mapping);
        return true;
    }

    /**
     * When all sessions are kept: of the mappings without any, those of rules are free, and the others rest in the
     * order in which they began to.
     */
    void endKeeping(final int nowS) {
        final long[] order = new long[records.taken()];
        int count = 0;
        for (int mapping = 0; mapping < records.capacity(); mapping++) {
            final long record = record(mapping);
            if (MappingRecord.flags(record) == 0 || MappingRecord.sessions(record) > 0) {
                continue;
            }
            if (MappingRecord.isStatic(record)) {
                freeStatic(mapping, record);
            } else if (!Flow.hasPorts(MappingRecord.protocol(record))) {
                free(mapping);
            } else {
                final int sinceS =
                        MappingRecord.isResting(record) ? Math.min(MappingRecord.restsSinceS(record), nowS) : nowS;
                order[count++] = Rebuild.oldestFirst(sinceS, mapping);
            }
        }
        Arrays.sort(order, 0, count);
        for (int i = 0; i < count; i++) {
            rest((int) order[i], (int) (order[i] >> 32));
        }
        hosts.endKeeping(nowS);
    }

    /** Nobody knows any more whether the last session was seen to close. */
    private void rest(final int mapping, final int sinceS) {
        final long record = record(mapping);
        MappingRecord.publishFlags(record, MappingRecord.flags(record) | MappingLayout.FLAG_MUST_REST);
        resting.add(mapping, sinceS);
    }

    private int egress(final long record) {
        return addresses.egress(addresses.numberOf(MappingRecord.outsideAddress(record)));
    }

    /** Hash of an inside endpoint by an egress. */
    long insideHash(final int address, final int port, final int protocol, final int realm, final int egress) {
        return key.hash(Flow.addresses(address, 0), Flow.ports(realm, protocol, port, egress));
    }

    private long insideHash(final long record) {
        return insideHash(
                MappingRecord.insideAddress(record),
                MappingRecord.insidePort(record),
                MappingRecord.protocol(record),
                MappingRecord.realm(record),
                egress(record));
    }

    long bytes() {
        return records.bytes() + inside.bytes() + hosts.bytes() + counts.bytes();
    }

    @Override
    public void close() {
        hosts.close();
        inside.close();
        records.close();
        counts.close();
    }
}
