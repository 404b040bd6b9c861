package org.portolan.dataplane.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The outside addresses, numbered, each with its egress and the memory of its ports. Immutable; a lookup is one probe
 * or a few in a table at most half full. Its hash has no key: a packet may choose the address that is looked up, but
 * not those that are in the table.
 *
 * <p>An address keeps its number from one policy to the next, so that what is kept by number (queues, memory) stays
 * right while mappings live. One that the new policy does not have <em>drains</em>: it is still found, so that its
 * mappings can end in order, but no new one is made on it. When the last has ended, control leaves it out of the next
 * policy, and its number is free for another address.
 *
 * <pre>
 *              in the terms           not in the terms                 no mapping left
 *   (none) --------------> in use ---------------------> draining ------------------> (none)
 *                             ^                             |
 *                             +-----------------------------+
 *                                    in the terms again
 * </pre>
 *
 * A draining address does not change its egress: its mappings are found by it. Such a policy is refused.
 */
public final class OutsideAddresses {
    private static final int NONE = -1;
    private static final int[] EMPTY = {};

    /** By number; a number without address has egress {@link #NONE}. */
    private final int[] addresses;

    private final int[] egresses;
    private final long[] memory;
    private final boolean[] pooled;
    private final boolean[] draining;

    /** Numbers of each egress's pool, in the order of the terms. */
    private final int[][] pools = new int[PolicyTerms.MAXIMUM_PORTS][];

    private final int[] slots;
    private final int mask;
    private final int shift;
    private final int drainingCount;

    private OutsideAddresses(final Numbering from, final PolicyTerms terms) {
        final int count = from.numbers();
        addresses = Arrays.copyOf(from.addresses, count);
        egresses = Arrays.copyOf(from.egresses, count);
        memory = Arrays.copyOf(from.memory, count);
        pooled = new boolean[count];
        draining = new boolean[count];
        slots = new int[Integer.highestOneBit(Math.max(1, count)) * 4];
        mask = slots.length - 1;
        shift = Integer.numberOfLeadingZeros(mask);
        int gone = 0;
        for (int number = 0; number < count; number++) {
            if (egresses[number] == NONE) {
                continue;
            }
            int slot = slotOf(addresses[number]);
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = number + 1;
            draining[number] = !from.wanted.containsKey(addresses[number]);
            gone += draining[number] ? 1 : 0;
        }
        drainingCount = gone;
        Arrays.fill(pools, EMPTY);
        for (final PolicyTerms.Pool pool : terms.pools()) {
            pools[pool.egress()] =
                    Arrays.stream(pool.addresses()).map(this::numberOf).toArray();
            for (final int number : pools[pool.egress()]) {
                pooled[number] = true;
            }
        }
    }

    /**
     * The addresses of the terms, and of those before them the ones that are still used.
     *
     * @param before or null
     * @param isUsed whether a number of {@code before} has mappings
     * @param newMemory gives a new address the memory of its ports; called only when nothing can fail any more
     * @throws IllegalArgumentException when there are more than {@code most}, or a used one has changed its egress
     */
    public static OutsideAddresses next(
            final OutsideAddresses before,
            final PolicyTerms terms,
            final IntPredicate isUsed,
            final int most,
            final LongSupplier newMemory) {
        final Numbering numbering = new Numbering(wanted(terms));
        if (before != null) {
            numbering.keep(before, isUsed);
        }
        numbering.addNew(most, newMemory);
        return new OutsideAddresses(numbering, terms);
    }

    /** How many addresses the terms have. */
    public static int count(final PolicyTerms terms) {
        return wanted(terms).size();
    }

    /** The egress of each address: the pools' first, then those that only forwards have. */
    private static Map<Integer, Integer> wanted(final PolicyTerms terms) {
        final Map<Integer, Integer> wanted = new LinkedHashMap<>();
        for (final PolicyTerms.Pool pool : terms.pools()) {
            for (final int address : pool.addresses()) {
                wanted.put(address, pool.egress());
            }
        }
        for (final PolicyTerms.Forward forward : terms.forwards()) {
            wanted.put(forward.externalAddress(), forward.egress());
        }
        return wanted;
    }

    /** Which address gets which number. */
    private static final class Numbering {
        private final Map<Integer, Integer> wanted;
        private int[] addresses = EMPTY;
        private int[] egresses = EMPTY;
        private long[] memory = {};

        Numbering(final Map<Integer, Integer> wanted) {
            this.wanted = wanted;
        }

        int numbers() {
            int numbers = egresses.length;
            while (numbers > 0 && egresses[numbers - 1] == NONE) {
                numbers--;
            }
            return numbers;
        }

        void keep(final OutsideAddresses before, final IntPredicate isUsed) {
            addresses = before.addresses.clone();
            egresses = before.egresses.clone();
            memory = before.memory.clone();
            for (int number = 0; number < addresses.length; number++) {
                if (egresses[number] == NONE) {
                    continue;
                }
                final Integer egress = wanted.get(addresses[number]);
                // One in use may get a mapping until the worker has the new policy: it drains first.
                final boolean empty = before.draining[number] && !isUsed.test(number);
                if (egress != null && egress != egresses[number] && !empty) {
                    throw new IllegalArgumentException("%s is still used by mappings of egress %d"
                            .formatted(Ipv4.describeAddress(addresses[number]), egresses[number]));
                }
                if (egress != null) {
                    egresses[number] = egress;
                } else if (empty) {
                    egresses[number] = NONE;
                }
            }
        }

        void addNew(final int most, final LongSupplier newMemory) {
            final Set<Integer> known = new HashSet<>();
            final List<Integer> free = new ArrayList<>();
            for (int number = 0; number < egresses.length; number++) {
                if (egresses[number] == NONE) {
                    free.add(number);
                } else {
                    known.add(addresses[number]);
                }
            }
            final List<Integer> added = wanted.keySet().stream()
                    .filter(address -> !known.contains(address))
                    .toList();
            final int total = known.size() + added.size();
            if (total > most) {
                throw new IllegalArgumentException(
                        "%d outside addresses, and room for %d since the start".formatted(total, most));
            }
            for (int number = egresses.length; free.size() < added.size(); number++) {
                free.add(number);
            }
            final int numbers = Math.max(egresses.length, added.isEmpty() ? 0 : free.get(added.size() - 1) + 1);
            final int old = egresses.length;
            addresses = Arrays.copyOf(addresses, numbers);
            egresses = Arrays.copyOf(egresses, numbers);
            memory = Arrays.copyOf(memory, numbers);
            Arrays.fill(egresses, old, numbers, NONE);
            for (int i = 0; i < added.size(); i++) {
                final int number = free.get(i);
                addresses[number] = added.get(i);
                egresses[number] = wanted.get(added.get(i));
                memory[number] = newMemory.getAsLong();
            }
        }
    }

    private int slotOf(final int address) {
        return address * 0x9E37_79B1 >>> shift;
    }

    /** The address's number, or -1. */
    public int numberOf(final int address) {
        int slot = slotOf(address);
        while (slots[slot] != 0) {
            if (addresses[slots[slot] - 1] == address) {
                return slots[slot] - 1;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    public int address(final int number) {
        return addresses[number];
    }

    /** Numbers go from 0 to one less; some may have no address. */
    public int numbers() {
        return addresses.length;
    }

    public boolean isTaken(final int number) {
        return egresses[number] != NONE;
    }

    /** The port whose network the address is in. */
    public int egress(final int number) {
        return egresses[number];
    }

    /** Where the memory of the address's ports is. */
    public long memory(final int number) {
        return memory[number];
    }

    /** Whether dynamic mappings may be made on the address. */
    public boolean isPooled(final int number) {
        return pooled[number];
    }

    /** Whether the policy does not have the address any more, and mappings on it may still be there. */
    public boolean isDraining(final int number) {
        return draining[number];
    }

    /** How many addresses drain. */
    public int draining() {
        return drainingCount;
    }

    /** How many pool addresses an egress has; 0 for one without a pool. */
    public int poolSize(final int egress) {
        return egress < pools.length ? pools[egress].length : 0;
    }

    /** Number of one of an egress's pool addresses, counted from 0. */
    public int pooled(final int egress, final int index) {
        return pools[egress][index];
    }

    /** The memory that {@code before} had and this has not. */
    public long[] givenUp(final OutsideAddresses before) {
        final Map<Long, Integer> had = new HashMap<>();
        for (int number = 0; number < before.numbers(); number++) {
            if (before.isTaken(number)) {
                had.put(before.memory[number], number);
            }
        }
        for (int number = 0; number < numbers(); number++) {
            if (isTaken(number)) {
                had.remove(memory[number]);
            }
        }
        return had.keySet().stream().mapToLong(Long::longValue).toArray();
    }
}
