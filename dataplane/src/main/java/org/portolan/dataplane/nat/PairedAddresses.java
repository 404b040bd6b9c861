package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.wire.Flow;

/**
 * Which outside address an inside host has. A host keeps its address for each egress as long as a mapping has it (RFC
 * 6888 REQ-2), for up to {@value HostLayout#PAIRS} egresses at once. On further ones a keyed hash chooses the address
 * of each new mapping: always the same one, as long as the pool does not change. The pairs are in the host's record, in
 * the order in which they came: if a host has two addresses for one egress, as the policy may allow when the first has
 * no free port, the first one stays the paired one.
 *
 * <p>One worker uses it, through {@link HostTable}.
 */
final class PairedAddresses {
    private final FlowKey key;
    private OutsideAddresses addresses;

    PairedAddresses(final NatSecrets.Key secret) {
        key = new FlowKey(secret);
    }

    /** Takes a policy's outside addresses over. */
    void adopt(final OutsideAddresses replacement) {
        addresses = replacement;
    }

    /** The number of the address that a host has for an egress, or -1. */
    int number(final long record, final int egress) {
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            if (HostRecord.pairedPorts(record, pair) > 0) {
                final int number = addresses.numberOf(HostRecord.paired(record, pair));
                if (addresses.egress(number) == egress && addresses.isPooled(number)) {
                    return number;
                }
            }
        }
        return -1;
    }

    /** The number of the address that an inside address without one gets for an egress, which has a pool. */
    int first(final int address, final int realm, final int egress) {
        final long hash = key.hash(Flow.addresses(address, 0), Flow.ports(realm, 0, 0, 0)) & 0xFFFF_FFFFL;
        return addresses.pooled(egress, (int) (hash * addresses.poolSize(egress) >>> 32));
    }

    /** Where a host has an address, or -1. */
    static int pair(final long record, final int address) {
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            if (HostRecord.pairedPorts(record, pair) > 0 && HostRecord.paired(record, pair) == address) {
                return pair;
            }
        }
        return -1;
    }

    /** Whether a host has room for one more address. */
    static boolean hasFree(final long record) {
        return HostRecord.pairedPorts(record, HostLayout.PAIRS - 1) == 0;
    }

    /** Counts one more mapping on an address; false when the host has no room for another address. */
    static boolean add(final long record, final int address) {
        int free = -1;
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            if (HostRecord.pairedPorts(record, pair) == 0) {
                free = free < 0 ? pair : free;
            } else if (HostRecord.paired(record, pair) == address) {
                count(record, pair, 1);
                return true;
            }
        }
        if (free >= 0) {
            Memory.putInt(record + HostLayout.PAIRED_OFFSET + free * HostLayout.PAIR_BYTES, address);
            count(record, free, 1);
        }
        return free >= 0;
    }

    /** Takes a mapping off an address to which it was added. */
    static void remove(final long record, final int address) {
        final int pair = pair(record, address);
        count(record, pair, -1);
        if (HostRecord.pairedPorts(record, pair) == 0) {
            close(record, pair);
        }
    }

    /** Moves the pairs after one that has no mapping left one place forward. */
    private static void close(final long record, final int emptied) {
        for (int pair = emptied; pair < HostLayout.PAIRS - 1; pair++) {
            put(record, pair, HostRecord.paired(record, pair + 1), HostRecord.pairedPorts(record, pair + 1));
        }
        put(record, HostLayout.PAIRS - 1, 0, 0);
    }

    private static void put(final long record, final int pair, final int address, final int ports) {
        Memory.putInt(record + HostLayout.PAIRED_OFFSET + pair * HostLayout.PAIR_BYTES, address);
        Memory.putInt(record + HostLayout.PAIRED_PORTS_OFFSET + pair * HostLayout.PAIR_BYTES, ports);
    }

    private static void count(final long record, final int pair, final int more) {
        HostRecord.add(record, HostLayout.PAIRED_PORTS_OFFSET + pair * HostLayout.PAIR_BYTES, more);
    }
}
