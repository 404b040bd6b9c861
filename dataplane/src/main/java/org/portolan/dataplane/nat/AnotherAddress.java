package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;

/**
 * Chooses the outside address of a mapping whose host's paired address has no port left, if the policy allows another
 * one (RFC 7857 section 4). First comes an address that the host has already, then the one of the pool with the most
 * free ports, then one where a rest can be ended early. A host has at most {@value HostLayout#PAIRS} addresses at once,
 * those of all egresses together.
 *
 * <p>A choice looks at one line of {@link PoolCounts} for each address of the pool, so it is exact: while an address
 * that the host may have has a port for it, it is found. One worker uses it, through {@link MappingTable}.
 */
final class AnotherAddress {
    /** Of an address that the host has: more than an address has ports. */
    private static final int OWN = 1 << 20;

    private final PoolCounts counts;
    private final RestingMappings resting;
    private final HostTable hosts;
    private OutsideAddresses addresses;
    private boolean allowed;
    private long chosen;

    AnotherAddress(final MappingStore store) {
        counts = store.counts();
        resting = store.resting();
        hosts = store.hosts();
    }

    void adopt(final Policy policy) {
        addresses = policy.addresses();
        allowed = policy.switches().anotherAddress();
    }

    /** Whether the policy allows another address than the paired one. */
    boolean isAllowed() {
        return allowed;
    }

    /** How many mappings are on another address than the paired one was when they were made, since the start. */
    long chosen() {
        return chosen;
    }

    /** Counts a mapping that was made on another address. */
    void count() {
        chosen++;
    }

    /**
     * Number of the address to try.
     *
     * @param paired number of the address that has no port left
     * @return -1 when none is worth it
     */
    int number(final int host, final int paired, final int egress, final int protocol, final boolean privileged) {
        final long record = hosts.record(host);
        int best = -1;
        int most = 0;
        for (int i = 0; i < addresses.poolSize(egress); i++) {
            final int number = addresses.pooled(egress, i);
            final int worth = worth(number, protocol, privileged);
            if (number == paired || worth == 0) {
                continue;
            }
            final int pair = PairedAddresses.pair(record, addresses.address(number));
            final int all = pair >= 0 ? worth + OWN : PairedAddresses.hasFree(record) ? worth : 0;
            if (all > most) {
                most = all;
                best = number;
            }
        }
        return best;
    }

    /** Free ports that would do and one more; 1 if there are none but a rest can be ended; 0 for nothing. */
    private int worth(final int number, final int protocol, final boolean privileged) {
        final int high = counts.free(number, protocol, false);
        final int free = privileged ? high + counts.free(number, protocol, true) : high;
        if (free > 0) {
            return free + 1;
        }
        final boolean rests = resting.oldest(number, protocol, privileged) >= 0
                || privileged && resting.oldest(number, protocol, false) >= 0;
        return rests ? 1 : 0;
    }
}
