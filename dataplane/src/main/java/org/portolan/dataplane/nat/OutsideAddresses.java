package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The outside addresses, numbered: the pool first in its own order, then addresses that only forwards use.
 * Immutable; a lookup is one probe or a few in a table at most half full.
 *
 * <p>A <em>space</em> is one address's ports of one protocol, numbered {@code 3 * address number + protocol}.
 */
final class OutsideAddresses {
    static final int PROTOCOLS = 3;

    private final int[] addresses;
    private final int poolSize;
    private final int[] slots;
    private final int mask;
    private final int shift;

    OutsideAddresses(final NatConfig config) {
        final int[] all = Arrays.copyOf(
                config.pool(), config.pool().length + config.forwards().size());
        int count = config.pool().length;
        for (final NatConfig.Forward forward : config.forwards()) {
            if (!contains(all, count, forward.externalAddress())) {
                all[count++] = forward.externalAddress();
            }
        }
        addresses = Arrays.copyOf(all, count);
        poolSize = config.pool().length;
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

    private static boolean contains(final int[] addresses, final int count, final int address) {
        for (int number = 0; number < count; number++) {
            if (addresses[number] == address) {
                return true;
            }
        }
        return false;
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

    int poolSize() {
        return poolSize;
    }

    int spaces() {
        return addresses.length * PROTOCOLS;
    }

    static int space(final int number, final int protocol) {
        return number * PROTOCOLS + (protocol == Ipv4.UDP ? 0 : protocol == Ipv4.TCP ? 1 : 2);
    }
}
