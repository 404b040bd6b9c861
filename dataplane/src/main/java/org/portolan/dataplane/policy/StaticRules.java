package org.portolan.dataplane.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The static rules, found by their outside endpoint and by their inside endpoint: of one port, of a range of ports, or
 * of a whole address, which is every port of every protocol. No two rules have the same outside endpoint. Of several
 * rules to one inside endpoint by one egress, that of a whole address is found from inside, and otherwise the first.
 * Immutable. A single port or an address is one probe or a few in a table at most half full, whose hash has no key for
 * the reason that {@link OutsideAddresses} gives; a range is a binary search ({@link PortRanges}), which only happens
 * where there are ranges.
 *
 * <p>A rule costs nothing while nobody uses it: its mappings are made with their first session and freed with the last.
 */
public final class StaticRules {
    /** In the place of a protocol: all of them, as a whole address has. */
    public static final int EVERY_PROTOCOL = 0;

    private final int[] outsideAddresses;
    private final int[] outsidePorts;
    private final int[] insideAddresses;
    private final int[] insidePorts;
    private final int[] protocols;
    private final int[] counts;
    private final int[] egresses;
    private final int[] numbers;
    private final boolean[] inbound;
    private final int[] byOutside;
    private final int[] byInside;
    private final PortRanges outsideRanges;
    private final PortRanges insideRanges;
    private final boolean hasWhole;
    private final int mask;
    private final int shift;

    StaticRules(final List<PolicyTerms.Forward> forwards, final OutsideAddresses addresses) {
        outsideAddresses = ints(forwards, PolicyTerms.Forward::externalAddress);
        outsidePorts = ints(forwards, PolicyTerms.Forward::externalPort);
        insideAddresses = ints(forwards, PolicyTerms.Forward::internalAddress);
        insidePorts = ints(forwards, PolicyTerms.Forward::internalPort);
        protocols = ints(forwards, PolicyTerms.Forward::protocol);
        counts = ints(forwards, PolicyTerms.Forward::ports);
        egresses = ints(forwards, PolicyTerms.Forward::egress);
        numbers = ints(forwards, forward -> addresses.numberOf(forward.externalAddress()));
        inbound = new boolean[forwards.size()];
        final int slots = Integer.highestOneBit(Math.max(1, forwards.size())) * 4;
        byOutside = new int[slots];
        byInside = new int[slots];
        mask = slots - 1;
        shift = Integer.numberOfLeadingZeros(mask);
        final PortRanges.Builder outside = new PortRanges.Builder();
        final PortRanges.Builder inside = new PortRanges.Builder();
        boolean whole = false;
        for (int rule = 0; rule < size(); rule++) {
            inbound[rule] = forwards.get(rule).inbound();
            whole |= isWhole(rule);
            if (counts[rule] > 1) {
                outside.add(outsideKey(rule), counts[rule], rule);
            } else {
                put(byOutside, slotOf(outsideAddresses[rule], outsidePorts[rule], protocols[rule]), rule);
            }
            if (!inbound[rule]) {
                putInside(inside, rule);
            }
        }
        hasWhole = whole;
        outsideRanges = outside.build();
        insideRanges = inside.build();
    }

    private long outsideKey(final int rule) {
        return PortRanges.key(outsideAddresses[rule], protocols[rule], outsidePorts[rule]);
    }

    private void putInside(final PortRanges.Builder ranges, final int rule) {
        if (counts[rule] > 1) {
            ranges.add(
                    PortRanges.key(egresses[rule], insideAddresses[rule], protocols[rule], insidePorts[rule]),
                    counts[rule],
                    rule);
        } else if (inTable(insideAddresses[rule], insidePorts[rule], protocols[rule], egresses[rule]) < 0) {
            put(byInside, slotOf(insideAddresses[rule], insidePorts[rule], protocols[rule]), rule);
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

    private static boolean hasRanges(final int protocol) {
        return protocol == Ipv4.UDP || protocol == Ipv4.TCP;
    }

    /** The rule of an outside endpoint, or -1; with {@link #EVERY_PROTOCOL} and port 0, that of the whole address. */
    public int byOutside(final int address, final int port, final int protocol) {
        final int rule = ofPort(address, port, protocol);
        return rule >= 0 ? rule : ofWhole(address);
    }

    /** The rule that has this outside port among its own, not that of the whole address; or -1. */
    public int ofPort(final int address, final int port, final int protocol) {
        final int rule = inTable(address, port, protocol);
        return rule >= 0 || outsideRanges.isEmpty() || !hasRanges(protocol)
                ? rule
                : outsideRanges.find(PortRanges.key(address, protocol, port));
    }

    /** The rule of a whole outside address, or -1. */
    public int ofWhole(final int address) {
        return hasWhole ? inTable(address, 0, EVERY_PROTOCOL) : -1;
    }

    private int inTable(final int address, final int port, final int protocol) {
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

    /** The rule that an inside endpoint uses by an egress, or -1. */
    public int byInside(final int address, final int port, final int protocol, final int egress) {
        final int whole = hasWhole ? inTable(address, 0, EVERY_PROTOCOL, egress) : -1;
        if (whole >= 0) {
            return whole;
        }
        final int rule = inTable(address, port, protocol, egress);
        if (insideRanges.isEmpty() || !hasRanges(protocol)) {
            return rule;
        }
        final int ofRange = insideRanges.find(PortRanges.key(egress, address, protocol, port));
        return rule < 0 || ofRange >= 0 && ofRange < rule ? ofRange : rule;
    }

    private int inTable(final int address, final int port, final int protocol, final int egress) {
        int slot = slotOf(address, port, protocol);
        while (byInside[slot] != 0) {
            final int rule = byInside[slot] - 1;
            if (insideAddresses[rule] == address
                    && insidePorts[rule] == port
                    && protocols[rule] == protocol
                    && egresses[rule] == egress) {
                return rule;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /** Whether a rule leads from an outside port of its own to an inside endpoint. */
    public boolean leadsTo(final int rule, final int outsidePort, final int address, final int port) {
        return insideAddresses[rule] == address && insidePort(rule, outsidePort) == port;
    }

    /** Whether it is the rule of a whole address. */
    public boolean isWhole(final int rule) {
        return protocols[rule] == EVERY_PROTOCOL;
    }

    /** How many outside ports a rule has; of a whole address 1, which stands for all. */
    public int ports(final int rule) {
        return counts[rule];
    }

    public int outsideAddress(final int rule) {
        return outsideAddresses[rule];
    }

    /** {@link OutsideAddresses} number of the outside address. */
    public int outsideNumber(final int rule) {
        return numbers[rule];
    }

    /** The first one; 0 of a whole address. */
    public int outsidePort(final int rule) {
        return outsidePorts[rule];
    }

    /** The outside port that an inside port of the rule has. */
    public int outsidePort(final int rule, final int insidePort) {
        return outsidePorts[rule] + insidePort - insidePorts[rule];
    }

    public int insideAddress(final int rule) {
        return insideAddresses[rule];
    }

    /** The inside port that an outside port of the rule leads to. */
    public int insidePort(final int rule, final int outsidePort) {
        return insidePorts[rule] + outsidePort - outsidePorts[rule];
    }

    /** {@link #EVERY_PROTOCOL} of a whole address. */
    public int protocol(final int rule) {
        return protocols[rule];
    }

    /** The port whose network the outside address is in. */
    public int egress(final int rule) {
        return egresses[rule];
    }

    /** The rules of this whose outside ports are not exactly those of a rule in {@code other}. */
    int[] missingIn(final StaticRules other) {
        final int[] missing = new int[size()];
        int count = 0;
        for (int rule = 0; rule < size(); rule++) {
            final int same = sameIn(other, rule);
            if (same < 0 || other.counts[same] != counts[rule]) {
                missing[count++] = rule;
            }
        }
        return Arrays.copyOf(missing, count);
    }

    /** For each rule the one in {@code other} with the same first endpoints, or -1: never one for two. */
    int[] continued(final StaticRules other) {
        final int[] continued = new int[size()];
        Arrays.setAll(continued, rule -> {
            final int same = sameIn(other, rule);
            final boolean sameInside = same >= 0
                    && other.insideAddresses[same] == insideAddresses[rule]
                    && other.insidePorts[same] == insidePorts[rule];
            return sameInside ? same : -1;
        });
        return continued;
    }

    private int sameIn(final StaticRules other, final int rule) {
        final int found = other.byOutside(outsideAddresses[rule], outsidePorts[rule], protocols[rule]);
        return found >= 0
                        && other.outsidePorts[found] == outsidePorts[rule]
                        && other.protocols[found] == protocols[rule]
                ? found
                : -1;
    }
}
