package org.portolan.dataplane.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The static forwards as rules, found by their outside endpoint and by their inside endpoint. Of several rules to one
 * inside endpoint by one egress, the first is found from inside. Immutable; a lookup is one probe or a few in a table
 * at most half full, and its hash has no key for the reason that {@link OutsideAddresses} gives.
 *
 * <p>A rule costs nothing while nobody uses it: its mapping is made with its first session and freed with its last.
 */
public final class StaticRules {
    private final int[] outsideAddresses;
    private final int[] outsidePorts;
    private final int[] insideAddresses;
    private final int[] insidePorts;
    private final int[] protocols;
    private final int[] egresses;
    private final int[] numbers;
    private final int[] byOutside;
    private final int[] byInside;
    private final int mask;
    private final int shift;

    StaticRules(final List<PolicyTerms.Forward> forwards, final OutsideAddresses addresses) {
        outsideAddresses = ints(forwards, PolicyTerms.Forward::externalAddress);
        outsidePorts = ints(forwards, PolicyTerms.Forward::externalPort);
        insideAddresses = ints(forwards, PolicyTerms.Forward::internalAddress);
        insidePorts = ints(forwards, PolicyTerms.Forward::internalPort);
        protocols = ints(forwards, PolicyTerms.Forward::protocol);
        egresses = ints(forwards, PolicyTerms.Forward::egress);
        numbers = ints(forwards, forward -> addresses.numberOf(forward.externalAddress()));
        final int slots = Integer.highestOneBit(Math.max(1, forwards.size())) * 4;
        byOutside = new int[slots];
        byInside = new int[slots];
        mask = slots - 1;
        shift = Integer.numberOfLeadingZeros(mask);
        for (int rule = 0; rule < size(); rule++) {
            put(byOutside, slotOf(outsideAddresses[rule], outsidePorts[rule], protocols[rule]), rule);
            if (byInside(insideAddresses[rule], insidePorts[rule], protocols[rule], egresses[rule]) < 0) {
                put(byInside, slotOf(insideAddresses[rule], insidePorts[rule], protocols[rule]), rule);
            }
        }
    }

    private static int[] ints(
            final List<PolicyTerms.Forward> forwards, final ToIntFunction<PolicyTerms.Forward> field) {
        return forwards.stream().mapToInt(field).toArray();
    }

    private void put(final int[] table, final int from, final int rule) {
        int slot = from;
        while (table[slot] != 0) {
            slot = slot + 1 & mask;
        }
        table[slot] = rule + 1;
    }

    private int slotOf(final int address, final int port, final int protocol) {
        return (address * 0x9E37_79B1 ^ (protocol << 16 | port) * 0x85EB_CA6B) * 0xC2B2_AE35 >>> shift;
    }

    /** How many rules there are. */
    public int size() {
        return protocols.length;
    }

    /** The rule of an outside endpoint, or -1. */
    public int byOutside(final int address, final int port, final int protocol) {
        int slot = slotOf(address, port, protocol);
        while (byOutside[slot] != 0) {
            final int rule = byOutside[slot] - 1;
            if (outsideAddresses[rule] == address && outsidePorts[rule] == port && protocols[rule] == protocol) {
                return rule;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /** The first rule to an inside endpoint by an egress, or -1. */
    public int byInside(final int address, final int port, final int protocol, final int egress) {
        int slot = slotOf(address, port, protocol);
        while (byInside[slot] != 0) {
            final int rule = byInside[slot] - 1;
            if (leadsTo(rule, address, port) && protocols[rule] == protocol && egresses[rule] == egress) {
                return rule;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /** Whether a rule leads to an inside endpoint. */
    public boolean leadsTo(final int rule, final int address, final int port) {
        return insideAddresses[rule] == address && insidePorts[rule] == port;
    }

    public int outsideAddress(final int rule) {
        return outsideAddresses[rule];
    }

    /** {@link OutsideAddresses} number of the outside address. */
    public int outsideNumber(final int rule) {
        return numbers[rule];
    }

    public int outsidePort(final int rule) {
        return outsidePorts[rule];
    }

    public int insideAddress(final int rule) {
        return insideAddresses[rule];
    }

    public int insidePort(final int rule) {
        return insidePorts[rule];
    }

    public int protocol(final int rule) {
        return protocols[rule];
    }

    /** The port whose network the outside address is in. */
    public int egress(final int rule) {
        return egresses[rule];
    }

    /** The rules of this whose outside endpoint has no rule in {@code other}. */
    int[] missingIn(final StaticRules other) {
        final int[] missing = new int[size()];
        int count = 0;
        for (int rule = 0; rule < size(); rule++) {
            if (other.byOutside(outsideAddresses[rule], outsidePorts[rule], protocols[rule]) < 0) {
                missing[count++] = rule;
            }
        }
        return Arrays.copyOf(missing, count);
    }
}
