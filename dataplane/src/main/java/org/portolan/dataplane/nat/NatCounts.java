package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * The table sizes as other threads may read them. The owning worker writes (release) after each change, anyone
 * reads (acquire); each word is right for itself, two of them are not one moment.
 */
final class NatCounts implements AutoCloseable {
    private static final int SESSIONS_OFFSET = 0;
    private static final int MAPPINGS_OFFSET = 8;
    private static final int RESTING_OFFSET = 16;
    private static final int PORTS_RECLAIMED_OFFSET = 24;
    private static final int FROM_OUTSIDE_OFFSET = 32;
    private static final int SESSIONS_RECLAIMED_OFFSET = 40;
    private static final int HOSTS_OFFSET = 48;

    private final Slab slab = Slab.allocate(Memory.CACHE_LINE_BYTES, "table sizes");
    private final long address = slab.address();

    void publishSessions(final int sessions, final int fromOutside, final long reclaimed) {
        SharedWord.publishLong(address + SESSIONS_OFFSET, sessions);
        SharedWord.publishLong(address + FROM_OUTSIDE_OFFSET, fromOutside);
        SharedWord.publishLong(address + SESSIONS_RECLAIMED_OFFSET, reclaimed);
    }

    void publishHosts(final int hosts) {
        SharedWord.publishLong(address + HOSTS_OFFSET, hosts);
    }

    void publishMappings(final int mappings, final int resting, final long reclaimed) {
        SharedWord.publishLong(address + MAPPINGS_OFFSET, mappings);
        SharedWord.publishLong(address + RESTING_OFFSET, resting);
        SharedWord.publishLong(address + PORTS_RECLAIMED_OFFSET, reclaimed);
    }

    int sessions() {
        return (int) SharedWord.observeLong(address + SESSIONS_OFFSET);
    }

    int mappings() {
        return (int) SharedWord.observeLong(address + MAPPINGS_OFFSET);
    }

    long resting() {
        return SharedWord.observeLong(address + RESTING_OFFSET);
    }

    long portsReclaimed() {
        return SharedWord.observeLong(address + PORTS_RECLAIMED_OFFSET);
    }

    int fromOutside() {
        return (int) SharedWord.observeLong(address + FROM_OUTSIDE_OFFSET);
    }

    int hosts() {
        return (int) SharedWord.observeLong(address + HOSTS_OFFSET);
    }

    long sessionsReclaimed() {
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
