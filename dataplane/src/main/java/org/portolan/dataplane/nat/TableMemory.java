package org.portolan.dataplane.nat;

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
    private final boolean kept;

    /** @param kept whether an earlier process left records in one of them */
    TableMemory(final Slab sessions, final Slab mappings, final Slab hosts, final boolean kept) {
        this.sessions = sessions;
        this.mappings = mappings;
        this.hosts = hosts;
        this.kept = kept;
    }

    /** Memory of this process alone. */
    public static TableMemory anonymous(final NatConfig config) {
        return new TableMemory(
                Slab.allocate((long) config.maxSessions() * SessionLayout.SESSION_BYTES, "sessions"),
                Slab.allocate((long) MappingStore.capacityFor(config) * MappingLayout.RECORD_BYTES, "mappings"),
                Slab.allocate((long) HostTable.capacityFor(config) * HostLayout.RECORD_BYTES, "inside hosts"),
                false);
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
        final int most = MappingStore.capacityFor(config);
        final Slab sessions =
                files.open(SESSIONS, SessionLayout.VERSION, SessionLayout.SESSION_BYTES, config.maxSessions(), policy);
        final Slab mappings = files.open(MAPPINGS, MappingLayout.VERSION, MappingLayout.RECORD_BYTES, most, policy);
        final Slab hosts =
                files.open(HOSTS, HostLayout.VERSION, HostLayout.RECORD_BYTES, HostTable.capacityFor(config), policy);
        return new TableMemory(sessions, mappings, hosts, sessions.isKept() || mappings.isKept() || hosts.isKept());
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

    /** Whether an earlier process left records. */
    boolean isKept() {
        return kept;
    }

    @Override
    public void close() {
        hosts.close();
        mappings.close();
        sessions.close();
    }
}
