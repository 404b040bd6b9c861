package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.OutsideAddresses;

/** A Nat's mappings as a test of the whole worker may read them, on the worker's thread. */
public final class MappingView {
    private final Nat nat;

    public MappingView(final Nat nat) {
        this.nat = nat;
    }

    /**
     * The mapping that holds an outside endpoint; null when none does.
     *
     * @param restsSinceS -1 for one that does not rest
     */
    public record Row(int insideAddress, int insidePort, int sessions, boolean isStatic, int restsSinceS) {}

    public Row at(final int protocol, final int address, final int port) {
        final OutsideAddresses addresses = nat.policy().addresses();
        if (addresses.numberOf(address) < 0) {
            return null;
        }
        final MappingTable mappings = nat.tables().mappings();
        final int mapping = mappings.findOutside(address, port, protocol);
        if (mapping < 0) {
            return null;
        }
        final long record = mappings.record(mapping);
        return new Row(
                MappingRecord.insideAddress(record),
                MappingRecord.insidePort(record),
                MappingRecord.sessions(record),
                MappingRecord.isStatic(record),
                MappingRecord.isResting(record) ? MappingRecord.restsSinceS(record) : -1);
    }

    /**
     * A number for the outside ports that one new mapping could get: of an address, protocol and class. Of what has
     * rested or been silent since the same second, the lowest of these goes first.
     */
    public int queue(final int protocol, final int address, final int port) {
        final int number = nat.policy().addresses().numberOf(address);
        return (number * PortMemory.PROTOCOLS + PortMemory.index(protocol)) * 2
                + (OutsidePorts.isPrivileged(protocol, port) ? 0 : 1);
    }
}
