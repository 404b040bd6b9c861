package org.portolan.dataplane.nat;

import java.util.List;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.memory.SlabFiles;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * The three slabs whose records are the truth of a {@link Nat}: sessions, mappings, inside hosts. Everything else of
 * its tables follows from them. They are anonymous, or files that outlive the process.
 *
 * <p>A {@link Nat} that is built on a memory closes it.
 */
public final class TableMemory implements AutoCloseable {
    private static final String SESSIONS = "sessions";
    private static final String MAPPINGS = "mappings";
    private static final String HOSTS = "hosts";

    private final Slab sessions;
    private final Slab mappings;
    private final Slab hosts;

    TableMemory(final Slab sessions, final Slab mappings, final Slab hosts) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.hosts = hosts;
    }

    /** Memory of this process alone. */
    public static TableMemory anonymous(final NatConfig config) {
        return new TableMemory(
                Slab.allocate((long) config.maxSessions() * SessionLayout.SESSION_BYTES, "sessions"),
                Slab.allocate((long) MappingStore.capacityFor(config) * MappingLayout.RECORD_BYTES, "mappings"),
                Slab.allocate((long) HostTable.capacityFor(config) * HostLayout.RECORD_BYTES, "inside hosts"));
    }

    /**
     * Three files of a directory: one whose records this config and this boot can go on with is kept, another is made
     * again.
     *
     * @param terms of the first policy
     * @throws org.portolan.dataplane.system.LibcException with the path
     */
    public static TableMemory inFiles(final SlabFiles files, final NatConfig config, final PolicyTerms terms) {
        final long policy = terms.hash();
        final int mappings = MappingStore.capacityFor(config);
        return new TableMemory(
                files.open(SESSIONS, SessionLayout.VERSION, SessionLayout.SESSION_BYTES, config.maxSessions(), policy),
                files.open(MAPPINGS, MappingLayout.VERSION, MappingLayout.RECORD_BYTES, mappings, policy),
                files.open(HOSTS, HostLayout.VERSION, HostLayout.RECORD_BYTES, HostTable.capacityFor(config), policy));
    }

    Slab sessions() {
        return sessions;
    }

    Slab mappings() {
        return mappings;
    }

    Slab hosts() {
        return hosts;
    }

    /** Nobody goes on with an earlier process's records yet. */
    void clearKept() {
        for (final Slab slab : List.of(sessions, mappings, hosts)) {
            if (slab.isKept()) {
                Memory.zero(slab.address(), slab.bytes());
            }
        }
    }

    @Override
    public void close() {
        hosts.close();
        mappings.close();
        sessions.close();
    }
}
