package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Flow;

/**
 * The mappings that an earlier process left, as far as a policy allows them, for {@link Rebuild}: kept first without
 * sessions; then each session that is kept asks for its own; at the end those without sessions rest or are free.
 *
 * <p>One worker uses it, before its first packet.
 */
final class KeptMappings {
    private final MappingTable mappings;
    private final MappingStore store;
    private final OutsidePorts ports;
    private final HostTable hosts;
    private final OutsideAddresses addresses;
    private final StaticRules rules;

    /** @param policy that the mappings have adopted */
    KeptMappings(final MappingTable mappings, final Policy policy) {
        this.mappings = mappings;
        store = mappings.store();
        ports = store.ports();
        hosts = store.hosts();
        addresses = policy.addresses();
        rules = policy.rules();
    }

    /**
     * Goes on with the mappings that an earlier process left.
     *
     * @return how many are dropped
     */
    int keepAll(final int nowS) {
        return store.keepAll(nowS);
    }

    /** The mapping that a session of an earlier process belongs to by its line, or -1. */
    int ofLine(final long line) {
        final int address = SessionLine.outsideAddress(line);
        final int protocol = SessionLine.protocol(line);
        if (rules.ofWhole(address) >= 0) {
            return mappings.findOutside(address, 0, StaticRules.EVERY_PROTOCOL);
        }
        return Flow.hasPorts(protocol)
                ? mappings.findOutside(address, SessionLine.outsidePort(line), protocol)
                : mappings.findInside(
                        SessionLine.insideAddress(line),
                        0,
                        protocol,
                        SessionLine.realm(line),
                        addresses.egress(addresses.numberOf(address)));
    }

    /** Whether a session's line has the endpoints of a mapping that does not rest. */
    boolean isOf(final int mapping, final long line) {
        final long record = store.record(mapping);
        return MappingRecord.insideAddress(record) == SessionLine.insideAddress(line)
                && (MappingRecord.isWhole(record) || MappingRecord.insidePort(record) == SessionLine.insidePort(line))
                && MappingRecord.realm(record) == SessionLine.realm(line)
                && !MappingRecord.isResting(record);
    }

    /**
     * Makes the mapping of a session of an earlier process again, which was its own, under address-and-port-dependent
     * mapping.
     *
     * @return the mapping, or -1 when there is no room for it
     */
    int keepShared(final long line, final int nowS) {
        final int number = addresses.numberOf(SessionLine.outsideAddress(line));
        final int protocol = SessionLine.protocol(line);
        final int port = SessionLine.outsidePort(line);
        if (store.isFull() || !ports.isShared(number, protocol, port) && !ports.take(number, protocol, port)) {
            return -1;
        }
        final int host = hosts.addPort(SessionLine.insideAddress(line), SessionLine.realm(line), nowS);
        if (host < 0) {
            ports.freeUnshared(number, protocol, port);
            return -1;
        }
        return store.writeShared(
                SessionLine.insideAddress(line),
                SessionLine.insidePort(line),
                protocol,
                SessionLine.realm(line),
                host,
                number,
                port);
    }

    /** When all sessions are kept. */
    void endKeeping(final int nowS) {
        store.endKeeping(nowS);
    }
}
