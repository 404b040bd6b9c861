package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.Policy;

/**
 * The inside hosts that have mappings: a slab of {@link HostLayout} records. A record is there from a host's first
 * mapping until its last one is free.
 *
 * <p>There is room for a number of hosts with dynamic mappings, and beside it for one host for each static rule that
 * may have a mapping: however many inside hosts there are, a rule's host finds its place.
 *
 * <p>A host lies where its keyed hash leads if that place is free, and otherwise in any: of a table half full, three in
 * four lie in the line that the search begins with. The hosts of one hash are chained, so there is no index beside the
 * slab.
 *
 * <p>One worker uses it, through {@link MappingTable}.
 */
final class HostTable implements AutoCloseable {
    /** Mappings for each host that there is room for. */
    private static final int MAPPINGS_A_HOST = 8;

    /** A small table's hosts: a whole subnet of prefix length 24. */
    private static final int LEAST_HOSTS = 256;

    /** SipHash's last word for a message of 8 bytes. */
    private static final long MESSAGE_LENGTH = 8L << 56;

    private final int capacity;
    private final int mostDynamic;
    private final NatSecrets.Key key;
    private final PairedAddresses paired;
    private final Slab slab;
    private final MappingSlab mappings;
    private HostLimits limits;

    /** Index + 1, as in the records; 0 for none. */
    private int firstFree;

    private int size;
    private int dynamic;

    /**
     * @param slab closed with the table
     * @param mostDynamic hosts with dynamic mappings; the slab's other places are for those that rules lead to
     * @param mappings that the chains run through
     */
    HostTable(final Slab slab, final int mostDynamic, final NatSecrets secrets, final MappingSlab mappings) {
        this.slab = slab;
        this.mostDynamic = mostDynamic;
        this.mappings = mappings;
        capacity = (int) (slab.bytes() / HostLayout.RECORD_BYTES);
        key = secrets.hosts();
        paired = new PairedAddresses(secrets.pairing());
        keepAll();
    }

    /** Goes on with the records that an earlier process left; in a new slab all are free. */
    private void keepAll() {
        for (int host = 0; host < capacity; host++) {
            Memory.putInt(record(host) + HostLayout.FIRST_HERE_OFFSET, 0);
        }
        for (int host = capacity - 1; host >= 0; host--) {
            final long record = record(host);
            final int address = HostRecord.insideAddress(record);
            final int realm = HostRecord.realm(record);
            HostRecord.clearCounts(record);
            if (HostRecord.isTaken(record) && find(address, realm) < 0) {
                HostRecord.publish(record, realm, HostLayout.FLAG_TAKEN);
                chain(host, home(address, realm));
            } else {
                HostRecord.publish(record, 0, 0);
                putFree(host);
            }
        }
    }

    /** Frees the hosts of an earlier process that have no mapping, and takes a time in the future for now. */
    void endKeeping(final int nowS) {
        for (int host = 0; host < capacity; host++) {
            final long record = record(host);
            if (!HostRecord.isTaken(record)) {
                continue;
            }
            if (HostRecord.refilledS(record) > nowS) {
                HostRecord.putTokens(record, HostRecord.tokens(record), nowS);
            }
            release(host);
        }
    }

    private void chain(final int host, final int home) {
        final long first = record(home) + HostLayout.FIRST_HERE_OFFSET;
        Memory.putInt(record(host) + HostLayout.NEXT_OFFSET, Memory.intAt(first));
        Memory.putInt(first, host + 1);
        size++;
    }

    /** Places for all hosts. */
    static int capacityFor(final NatConfig config) {
        return mostDynamic(config) + config.maxRules();
    }

    /** An eighth of the dynamic mappings, or as many as a subnet has hosts. */
    static int mostDynamic(final NatConfig config) {
        return Math.min(config.maxMappings(), Math.max(LEAST_HOSTS, config.maxMappings() / MAPPINGS_A_HOST));
    }

    /** Takes a policy over: its limits and outside addresses. */
    void adopt(final Policy policy) {
        limits = policy.hostLimits();
        paired.adopt(policy.addresses());
    }

    /** Hosts that have a mapping. */
    int size() {
        return size;
    }

    /** Hosts that have a dynamic mapping, live or resting. */
    int dynamic() {
        return dynamic;
    }

    /** How many hosts with dynamic mappings there is room for. */
    int mostDynamic() {
        return mostDynamic;
    }

    /** Address of a host's record. */
    long record(final int host) {
        return slab.address() + (long) host * HostLayout.RECORD_BYTES;
    }

    /** The host of an inside address, or -1. */
    int find(final int address, final int realm) {
        return find(address, realm, home(address, realm));
    }

    private int find(final int address, final int realm, final int home) {
        int host = Memory.intAt(record(home) + HostLayout.FIRST_HERE_OFFSET) - 1;
        while (host >= 0) {
            final long record = record(host);
            if (HostRecord.insideAddress(record) == address && HostRecord.realm(record) == realm) {
                return host;
            }
            host = Memory.intAt(record + HostLayout.NEXT_OFFSET) - 1;
        }
        return -1;
    }

    /** Touches the record that the search for an inside address begins with; the value means nothing. */
    long touch(final int home) {
        return Memory.longAt(record(home));
    }

    /** Where the search for an inside address begins: the hash's low half by a multiplication. */
    int home(final int address, final int realm) {
        final long hash = SipHash.fast(key.k0(), key.k1(), address & 0xFFFF_FFFFL | (long) realm << 32, MESSAGE_LENGTH);
        return (int) ((hash & 0xFFFF_FFFFL) * capacity >>> 32);
    }

    /**
     * Counts a port more of the host of an inside address, whose record then stays until {@link #removePort}.
     *
     * @return the host, or -1 when it has no port yet and there is no room for one more host with ports
     */
    int addPort(final int address, final int realm, final int nowS) {
        return addPort(address, realm, home(address, realm), nowS);
    }

    /** The same for an address whose {@link #home} is known. */
    int addPort(final int address, final int realm, final int home, final int nowS) {
        final int found = find(address, realm, home);
        if (dynamic == mostDynamic && (found < 0 || HostRecord.ports(record(found)) == 0)) {
            return -1;
        }
        final int host = found >= 0 ? found : write(address, realm, home, nowS);
        addPort(host);
        return host;
    }

    /** Whether an inside address has a record, or there is a free one for it. */
    boolean hasPlace(final int address, final int realm) {
        return size < capacity || find(address, realm) >= 0;
    }

    /** Whether one more host may have ports. */
    boolean hasRoom() {
        return dynamic < mostDynamic;
    }

    /** Counts a port more of a host; there must be room for one more host with ports. */
    void addPort(final int host) {
        final long record = record(host);
        dynamic += HostRecord.ports(record) == 0 ? 1 : 0;
        HostRecord.add(record, HostLayout.PORTS_OFFSET, 1);
    }

    /** Takes a port off a host that has one; {@link #release} may have to follow. */
    void takePort(final int host) {
        final long record = record(host);
        HostRecord.add(record, HostLayout.PORTS_OFFSET, -1);
        dynamic -= HostRecord.ports(record) == 0 ? 1 : 0;
    }

    /** Takes a port off a host that has one; with its last mapping its record is free. */
    void removePort(final int host) {
        takePort(host);
        release(host);
    }

    /** The host that a static rule leads to; it always has room. {@link #release} has to follow. */
    int hold(final int address, final int realm, final int nowS) {
        final int home = home(address, realm);
        final int found = find(address, realm, home);
        return found >= 0 ? found : write(address, realm, home, nowS);
    }

    /** Frees the record of a host that has no mapping: no port, and no static rule's, which is there with sessions. */
    void release(final int host) {
        final long record = record(host);
        if (HostRecord.ports(record) == 0 && HostRecord.firstMapping(record) < 0) {
            free(host, record);
        }
    }

    private int write(final int address, final int realm, final int home, final int nowS) {
        final int host = HostRecord.isTaken(record(home)) ? firstFree - 1 : home;
        takeFree(host);
        final long record = record(host);
        Memory.putInt(record + HostLayout.INSIDE_ADDRESS_OFFSET, address);
        HostRecord.putTokens(record, limits.burst(), nowS);
        HostRecord.publish(record, realm, HostLayout.FLAG_TAKEN);
        chain(host, home);
        return host;
    }

    private void free(final int host, final long record) {
        final int home = home(HostRecord.insideAddress(record), HostRecord.realm(record));
        long word = record(home) + HostLayout.FIRST_HERE_OFFSET;
        while (Memory.intAt(word) != host + 1) {
            word = record(Memory.intAt(word) - 1) + HostLayout.NEXT_OFFSET;
        }
        Memory.putInt(word, Memory.intAt(record + HostLayout.NEXT_OFFSET));
        HostRecord.publish(record, 0, 0);
        // The next host's fields come after that, and its flags after these.
        SharedWord.writeFence();
        putFree(host);
        size--;
    }

    private void putFree(final int host) {
        Memory.putInt(record(host) + HostLayout.PREVIOUS_FREE, 0);
        Memory.putInt(record(host) + HostLayout.NEXT_FREE, firstFree);
        if (firstFree != 0) {
            Memory.putInt(record(firstFree - 1) + HostLayout.PREVIOUS_FREE, host + 1);
        }
        firstFree = host + 1;
    }

    private void takeFree(final int host) {
        final int previous = Memory.intAt(record(host) + HostLayout.PREVIOUS_FREE);
        final int next = Memory.intAt(record(host) + HostLayout.NEXT_FREE);
        if (previous == 0) {
            firstFree = next;
        } else {
            Memory.putInt(record(previous - 1) + HostLayout.NEXT_FREE, next);
        }
        if (next != 0) {
            Memory.putInt(record(next - 1) + HostLayout.PREVIOUS_FREE, previous);
        }
    }

    /**
     * The number of the one outside address of an inside address for an egress, whatever the protocol and port (RFC
     * 4787 REQ-2, RFC 6888 REQ-2): the one that the host has, and if it has none, that of a keyed hash.
     *
     * @param host or -1
     * @param egress one with a pool
     */
    int pairedNumber(final int host, final int address, final int realm, final int egress) {
        final int kept = host < 0 ? -1 : paired.number(record(host), egress);
        return kept >= 0 ? kept : paired.first(address, realm, egress);
    }

    /** Counts a mapping on an outside address that its host keeps, if the host has room for the address. */
    void addPaired(final int mapping) {
        final long record = mappings.record(mapping);
        if (PairedAddresses.add(record(mappings.host(mapping)), MappingRecord.outsideAddress(record))) {
            MappingRecord.publishFlags(record, MappingRecord.flags(record) | MappingLayout.FLAG_PAIRED);
        }
    }

    /** Takes a mapping off its host, which keeps the mapping's address no longer when it was the last one there. */
    void removeMapping(final int mapping) {
        takeMapping(mapping);
        release(mappings.host(mapping));
    }

    /** As {@link #removeMapping}, but the host's record stays. */
    void takeMapping(final int mapping) {
        final int host = mappings.host(mapping);
        final long record = mappings.record(mapping);
        if ((MappingRecord.flags(record) & MappingLayout.FLAG_PAIRED) != 0) {
            PairedAddresses.remove(record(host), MappingRecord.outsideAddress(record));
        }
        takePort(host);
    }

    /** Counts a session of a host; one that it opened costs a token. */
    void addSession(final int host, final boolean fromOutside) {
        keepSession(host, fromOutside);
        if (!fromOutside && limits.hasRate()) {
            HostRecord.add(record(host), HostLayout.TOKENS_OFFSET, -1);
        }
    }

    /** Counts a session of an earlier process, which has paid. */
    void keepSession(final int host, final boolean fromOutside) {
        countSessions(host, fromOutside, 1);
    }

    void removeSession(final int host, final boolean fromOutside) {
        countSessions(host, fromOutside, -1);
    }

    private void countSessions(final int host, final boolean fromOutside, final int more) {
        HostRecord.add(
                record(host), fromOutside ? HostLayout.OUTSIDE_SESSIONS_OFFSET : HostLayout.SESSIONS_OFFSET, more);
    }

    /** Whether a host may not have {@code more} ports. */
    boolean lacksPorts(final int host, final int more) {
        return HostRecord.ports(record(host)) > limits.ports() - more;
    }

    /** Why a host may not open one more session, as the code of a {@link DropReason}, or 0. Changes nothing. */
    int refusal(final int host, final int nowS) {
        return refusal(host, 0, nowS);
    }

    /** As {@link #refusal(int, int)}, if the host had some sessions fewer. */
    int refusal(final int host, final int fewer, final int nowS) {
        final long record = record(host);
        if (HostRecord.sessions(record) - fewer >= limits.sessions()) {
            return DropReason.HOST_SESSIONS_FULL.code;
        }
        return limits.hasRate() && tokens(record, nowS) <= 0 ? DropReason.HOST_RATE.code : 0;
    }

    /**
     * As {@link #refusal}, for a host that takes a token if it may: it gets those of the seconds since the last time.
     */
    int admit(final int host, final int nowS) {
        if (limits.hasRate()) {
            final long record = record(host);
            HostRecord.putTokens(record, tokens(record, nowS), nowS);
        }
        return refusal(host, nowS);
    }

    private int tokens(final long record, final int nowS) {
        final int seconds = nowS - HostRecord.refilledS(record);
        if (seconds == 0) {
            return HostRecord.tokens(record);
        }
        final long more = HostRecord.tokens(record) + (long) seconds * limits.rate();
        return (int) Math.min(limits.burst(), more);
    }

    /** Adds a mapping that got its first session to the chain of its host. */
    void link(final int host, final int mapping) {
        final long first = record(host) + HostLayout.FIRST_MAPPING_OFFSET;
        final int next = Memory.intAt(first) - 1;
        mappings.putNextOfHost(mapping, next);
        mappings.putPreviousOfHost(mapping, -1);
        if (next >= 0) {
            mappings.putPreviousOfHost(next, mapping);
        }
        Memory.putInt(first, mapping + 1);
    }

    /** Removes a mapping that has lost its last session from the chain of its host. */
    void unlink(final int host, final int mapping) {
        final int next = mappings.nextOfHost(mapping);
        final int previous = mappings.previousOfHost(mapping);
        if (next >= 0) {
            mappings.putPreviousOfHost(next, previous);
        }
        if (previous >= 0) {
            mappings.putNextOfHost(previous, next);
        } else {
            Memory.putInt(record(host) + HostLayout.FIRST_MAPPING_OFFSET, next + 1);
        }
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
