package org.portolan.dataplane.nat;

/** The tables of one {@link Nat}. */
record NatTables(
        SessionTable sessions, MappingTable mappings, OutsideSessions fromOutside, SentTo sentTo, ClosedSessions closed)
        implements AutoCloseable {
    /** Tables in that memory, without what an earlier process may have left there, and without a policy. */
    static NatTables in(final TableMemory memory, final NatConfig config, final FlowKey key) {
        final SessionTable sessions = new SessionTable(memory.sessions(), key);
        final MappingTable mappings = new MappingTable(config, memory, key);
        final OutsideSessions fromOutside = new OutsideSessions(config, mappings.slots());
        final ClosedSessions closed = new ClosedSessions(sessions, mappings, config.maxAddresses());
        return new NatTables(sessions, mappings, fromOutside, new SentTo(config), closed);
    }

    long bytes() {
        return sessions.bytes() + mappings.bytes() + fromOutside.bytes() + sentTo.bytes();
    }

    @Override
    public void close() {
        sentTo.close();
        fromOutside.close();
        mappings.close();
        sessions.close();
    }
}
