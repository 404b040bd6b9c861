package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * The table sizes as other threads may read them. The owning worker writes (release) after each change, anyone
 * reads (acquire); each word is right for itself, two of them are not one moment.
 */
public final class NatCounts implements AutoCloseable {
    private static final int SESSIONS_OFFSET = 0;
    private static final int MAPPINGS_OFFSET = 8;
    private static final int RESTING_OFFSET = 16;
    private static final int PORTS_RECLAIMED_OFFSET = 24;
    private static final int FROM_OUTSIDE_OFFSET = 32;
    private static final int SESSIONS_RECLAIMED_OFFSET = 40;
    private static final int HOSTS_OFFSET = 48;
    private static final int ELSEWHERE_OFFSET = 56;

    private final Slab slab = Slab.allocate(Memory.CACHE_LINE_BYTES, "table sizes");
    private final long address = slab.address();
    private final int hostCapacity;

    /** @param hostCapacity how many inside hosts with dynamic mappings there is room for */
    NatCounts(final int hostCapacity) {
        this.hostCapacity = hostCapacity;
    }

    void publishSessions(final int sessions, final int fromOutside, final long reclaimed) {
        SharedWord.publishLong(address + SESSIONS_OFFSET, sessions);
        SharedWord.publishLong(address + FROM_OUTSIDE_OFFSET, fromOutside);
        SharedWord.publishLong(address + SESSIONS_RECLAIMED_OFFSET, reclaimed);
    }

    void publishHosts(final int hosts) {
        SharedWord.publishLong(address + HOSTS_OFFSET, hosts);
    }

    void publishElsewhere(final long mappings) {
        SharedWord.publishLong(address + ELSEWHERE_OFFSET, mappings);
    }

    void publishMappings(final int mappings, final int resting, final long reclaimed) {
        SharedWord.publishLong(address + MAPPINGS_OFFSET, mappings);
        SharedWord.publishLong(address + RESTING_OFFSET, resting);
        SharedWord.publishLong(address + PORTS_RECLAIMED_OFFSET, reclaimed);
    }

    /** Live sessions. */
    public int sessions() {
        return (int) SharedWord.observeLong(address + SESSIONS_OFFSET);
    }

    /** Mappings with a session. */
    public int mappings() {
        return (int) SharedWord.observeLong(address + MAPPINGS_OFFSET);
    }

    /**
     * Outside ports and identifiers that live mappings hold, those of forwards with a session included. As many as
     * mappings while mapping is endpoint-independent.
     */
    public long portsInUse() {
        return mappings();
    }

    /** Outside ports and identifiers that rest, those whose rest is over and that nobody needed yet included. */
    public long portsResting() {
        return SharedWord.observeLong(address + RESTING_OFFSET);
    }

    /** How often a port had to end its rest early for a new mapping, since the start. */
    public long portsReclaimed() {
        return SharedWord.observeLong(address + PORTS_RECLAIMED_OFFSET);
    }

    /** How many mappings were made on another address than their host's paired one, since the start. */
    public long mappingsElsewhere() {
        return SharedWord.observeLong(address + ELSEWHERE_OFFSET);
    }

    /** Live sessions that outside hosts have opened, on static rules and on open mappings. */
    public int sessionsFromOutside() {
        return (int) SharedWord.observeLong(address + FROM_OUTSIDE_OFFSET);
    }

    /** Inside hosts with a dynamic mapping, live or resting. */
    public int hosts() {
        return (int) SharedWord.observeLong(address + HOSTS_OFFSET);
    }

    /** How many inside hosts with dynamic mappings there is room for. */
    public int hostCapacity() {
        return hostCapacity;
    }

    /** How many closed TCP sessions ended before their timer because their room was needed. */
    public long sessionsReclaimed() {
        return SharedWord.observeLong(address + SESSIONS_RECLAIMED_OFFSET);
    }

    long bytes() {
        return slab.bytes();
    }

    @Override
    public void close() {
        slab.close();
    }
}
