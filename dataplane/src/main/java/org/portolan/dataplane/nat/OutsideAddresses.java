package org.portolan.dataplane.nat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The outside addresses, numbered: the pools first, each in its own order, then addresses that only forwards use. Each
 * belongs to one egress. Immutable; a lookup is one probe or a few in a table at most half full. Its hash has no key:
 * a packet may choose the address that is looked up, but not those that are in the table.
 *
 * <p>A <em>space</em> is one address's ports of one protocol, numbered {@code 3 * address number + protocol}.
 */
final class OutsideAddresses {
    static final int PROTOCOLS = 3;

    private final int[] addresses;
    private final int[] egresses;
    private final int[] poolStarts = new int[NatConfig.MAXIMUM_PORTS];
    private final int[] poolSizes = new int[NatConfig.MAXIMUM_PORTS];
    private final int[] slots;
    private final int mask;
    private final int shift;

    OutsideAddresses(final NatConfig config) {
        final List<Integer> found = new ArrayList<>();
        final List<Integer> egressOf = new ArrayList<>();
        for (final NatConfig.Pool pool : config.pools()) {
            poolStarts[pool.egress()] = found.size();
            poolSizes[pool.egress()] = pool.addresses().length;
            for (final int address : pool.addresses()) {
                found.add(address);
                egressOf.add(pool.egress());
            }
        }
        final Set<Integer> known = new HashSet<>(found);
        for (final NatConfig.Forward forward : config.forwards()) {
            if (known.add(forward.externalAddress())) {
                found.add(forward.externalAddress());
                egressOf.add(forward.egress());
            }
        }
        addresses = found.stream().mapToInt(Integer::intValue).toArray();
        egresses = egressOf.stream().mapToInt(Integer::intValue).toArray();
        final int count = addresses.length;
        slots = new int[Integer.highestOneBit(count) * 4];
        mask = slots.length - 1;
        shift = Integer.numberOfLeadingZeros(mask);
        for (int number = 0; number < count; number++) {
            int slot = slotOf(addresses[number]);
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = number + 1;
        }
    }

    private int slotOf(final int address) {
        return address * 0x9E37_79B1 >>> shift;
    }

    /** The address's number, or -1. */
    int numberOf(final int address) {
        int slot = slotOf(address);
        while (slots[slot] != 0) {
            if (addresses[slots[slot] - 1] == address) {
                return slots[slot] - 1;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    int address(final int number) {
        return addresses[number];
    }

    int count() {
        return addresses.length;
    }

    /** The port whose network the address is in. */
    int egress(final int number) {
        return egresses[number];
    }

    /** Number of the first pool address of an egress; the others follow. */
    int poolStart(final int egress) {
        return poolStarts[egress];
    }

    /** How many pool addresses an egress has; 0 for one without a pool. */
    int poolSize(final int egress) {
        return poolSizes[egress];
    }

    int spaces() {
        return addresses.length * PROTOCOLS;
    }

    static int space(final int number, final int protocol) {
        return number * PROTOCOLS + (protocol == Ipv4.UDP ? 0 : protocol == Ipv4.TCP ? 1 : 2);
    }
}
