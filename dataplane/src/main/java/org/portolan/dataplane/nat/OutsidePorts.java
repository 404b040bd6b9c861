package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The mappings' outside side: the choice of a port, and one array cell for each port of each address and protocol, with
 * the mapping that holds it, as index + 1, 0 for none; or, negative, how many mappings of single sessions share it. The
 * memory is {@link PortMemory}'s and comes with the policy.
 *
 * <p>The outside port of a static rule is taken as long as the rule is there, so no dynamic mapping gets it. A rule
 * that comes to a port with a live dynamic mapping takes the cell over as soon as it is used; the mapping keeps its
 * sessions until they are ended, and the port stays taken.
 *
 * <p>One worker uses it, and owns every port block: with several workers each will be given its own blocks.
 */
final class OutsidePorts {
    private final PortBlocks blocks;
    private final PoolCounts counts;
    private OutsideAddresses addresses;
    private StaticRules rules;

    private boolean keepsParity;

    /** How many ports of each protocol of each address are shared. */
    private final int[] sharedPorts;

    OutsidePorts(final NatSecrets.Key key, final PoolCounts counts, final int maxAddresses) {
        blocks = new PortBlocks(key);
        this.counts = counts;
        sharedPorts = new int[maxAddresses * PortMemory.PROTOCOLS];
    }

    /** Takes a policy over: the ports of added rules are no longer dealt, those of removed ones are. */
    void adopt(final Policy policy) {
        clearNew(policy.addresses());
        addresses = policy.addresses();
        rules = policy.rules();
        keepsParity = policy.switches().portParity();
        for (final int rule : policy.added()) {
            if (!rules.isWhole(rule)) {
                takeAll(rule);
            }
        }
        final StaticRules before = policy.before();
        for (final int rule : policy.removed()) {
            final int number = addresses.numberOf(before.outsideAddress(rule));
            if (number >= 0 && !before.isWhole(rule)) {
                freeAll(before, rule, number);
            }
        }
    }

    private void takeAll(final int rule) {
        final int first = rules.outsidePort(rule);
        for (int port = first; port < first + rules.ports(rule); port++) {
            take(rules.outsideNumber(rule), rules.protocol(rule), port);
        }
    }

    /** Frees the ports of a rule that is gone, but for those that another rule or a mapping has. */
    private void freeAll(final StaticRules before, final int rule, final int number) {
        final int protocol = before.protocol(rule);
        final int first = before.outsidePort(rule);
        for (int port = first; port < first + before.ports(rule); port++) {
            if (mapping(number, protocol, port) == -1
                    && rules.ofPort(before.outsideAddress(rule), port, protocol) < 0) {
                free(number, protocol, port);
            }
        }
    }

    /** Begins to count for the addresses that have a number for the first time. */
    private void clearNew(final OutsideAddresses replacement) {
        for (int number = 0; number < replacement.numbers(); number++) {
            final boolean same = addresses != null
                    && number < addresses.numbers()
                    && addresses.isTaken(number)
                    && addresses.memory(number) == replacement.memory(number);
            if (!same) {
                counts.clear(number);
                Arrays.fill(sharedPorts, number * PortMemory.PROTOCOLS, (number + 1) * PortMemory.PROTOCOLS, 0);
            }
        }
    }

    private long space(final int number, final int protocol) {
        return PortMemory.space(addresses.memory(number), protocol);
    }

    /** The mapping that holds a port, or with {@link StaticRules#EVERY_PROTOCOL} the whole address; or -1. */
    int mapping(final int number, final int protocol, final int port) {
        return Memory.intAt(PortMemory.cell(addresses.memory(number), protocol, port)) - 1;
    }

    /** Whether a mapping of the whole address is left: nothing else is dealt of it as long as it is there. */
    boolean isWhole(final int number) {
        return mapping(number, StaticRules.EVERY_PROTOCOL, 0) >= 0;
    }

    /** The mapping of an outside endpoint, or -1. */
    int findMapping(final int address, final int port, final int protocol) {
        final int number = addresses.numberOf(address);
        return number < 0 || !hasCell(protocol) ? -1 : mapping(number, protocol, port);
    }

    /** Whether a port is of the class below 1024. */
    static boolean isPrivileged(final int protocol, final int port) {
        return protocol != Ipv4.ICMP && port < PortBlocks.BLOCK_PORTS;
    }

    /** Takes a port if it is free, whosever its block is. */
    boolean take(final int number, final int protocol, final int port) {
        final boolean taken = PortBlocks.take(space(number, protocol), port);
        if (taken) {
            counts.addTaken(number, protocol, port, 1);
        }
        return taken;
    }

    /**
     * Takes the port itself, or any of its class; of UDP, if the policy wants that, one of its parity as long as there
     * is one.
     *
     * @return -1 when none is free
     */
    int takeLike(final int number, final int protocol, final int port) {
        final long owned = PortBlocks.blocksOf(addresses.memory(number), PortBlocks.FIRST_WORKER);
        if (PortBlocks.contains(owned, port) && take(number, protocol, port)) {
            return port;
        }
        final long ofClass = protocol == Ipv4.ICMP
                ? PortBlocks.EVERY
                : isPrivileged(protocol, port) ? PortBlocks.PRIVILEGED : PortBlocks.UNPRIVILEGED;
        return takeOf(owned & ofClass, number, protocol, port);
    }

    /** As {@link #takeLike}, a port from 1024 on for one below. */
    int takeHigh(final int number, final int protocol, final int port) {
        final long owned = PortBlocks.blocksOf(addresses.memory(number), PortBlocks.FIRST_WORKER);
        return takeOf(owned & PortBlocks.UNPRIVILEGED, number, protocol, port);
    }

    private int takeOf(final long set, final int number, final int protocol, final int like) {
        final long space = space(number, protocol);
        int port = keepsParity && protocol == Ipv4.UDP ? blocks.takeAlike(space, set, like) : -1;
        if (port < 0) {
            port = blocks.takeAny(space, set);
        }
        if (port >= 0) {
            counts.addTaken(number, protocol, port, 1);
        }
        return port;
    }

    /** Frees a port that was taken and has no mapping. */
    void free(final int number, final int protocol, final int port) {
        PortBlocks.free(space(number, protocol), port);
        counts.addTaken(number, protocol, port, -1);
    }

    /**
     * Notes the mapping that holds a taken port or a whole address; for a rule's, in the place of a dynamic one that
     * may be there. Of a protocol without ports it is only counted.
     */
    void bind(final int number, final int protocol, final int port, final int mapping) {
        final long memory = addresses.memory(number);
        PortMemory.addMappings(memory, 1);
        if (hasCell(protocol)) {
            final long cell = PortMemory.cell(memory, protocol, port);
            if (Memory.intAt(cell) < 0) {
                addShared(number, protocol, -1);
            }
            Memory.putInt(cell, mapping + 1);
        }
    }

    private static boolean hasCell(final int protocol) {
        return protocol == StaticRules.EVERY_PROTOCOL || Flow.hasPorts(protocol);
    }

    /** Whether mappings of single sessions have a port, and others may have it too. */
    boolean isShared(final int number, final int protocol, final int port) {
        return Memory.intAt(PortMemory.cell(addresses.memory(number), protocol, port)) < 0;
    }

    /** Whether one more mapping of a single session may have a port that others have: not once a rule has come to it. */
    boolean mayShare(final int number, final int protocol, final int port) {
        return isShared(number, protocol, port) && rules.ofPort(addresses.address(number), port, protocol) < 0;
    }

    /** Counts one more mapping of a single session on a port that is taken or shared. */
    void share(final int number, final int protocol, final int port) {
        final long memory = addresses.memory(number);
        final long cell = PortMemory.cell(memory, protocol, port);
        final int before = Memory.intAt(cell);
        if (before == 0) {
            addShared(number, protocol, 1);
        }
        Memory.putInt(cell, before - 1);
        PortMemory.addMappings(memory, 1);
    }

    /** How many ports of a protocol of an address are shared. */
    int shared(final int number, final int protocol) {
        return sharedPorts[number * PortMemory.PROTOCOLS + PortMemory.index(protocol)];
    }

    private void addShared(final int number, final int protocol, final int more) {
        sharedPorts[number * PortMemory.PROTOCOLS + PortMemory.index(protocol)] += more;
    }

    /** Takes a mapping off a shared port, which is free with the last one. A rule that came to the port keeps it. */
    void unshare(final int number, final int protocol, final int port) {
        final long memory = addresses.memory(number);
        PortMemory.addMappings(memory, -1);
        final long cell = PortMemory.cell(memory, protocol, port);
        final int left = Memory.intAt(cell) + 1;
        if (left > 0) {
            return;
        }
        Memory.putInt(cell, left);
        if (left == 0) {
            addShared(number, protocol, -1);
        }
        if (left == 0 && rules.ofPort(addresses.address(number), port, protocol) < 0) {
            free(number, protocol, port);
        }
    }

    /** Frees a port that was taken and is not shared after all. */
    void freeUnshared(final int number, final int protocol, final int port) {
        if (!isShared(number, protocol, port)) {
            free(number, protocol, port);
        }
    }

    /** A number that is hard to guess, 0 or more and below the bound. */
    int random(final int bound) {
        return blocks.random(bound);
    }

    /** Frees the port of a mapping, unless a rule has it. */
    void unbind(final int number, final int protocol, final int port, final int mapping) {
        final long memory = addresses.memory(number);
        PortMemory.addMappings(memory, -1);
        if (!hasCell(protocol)) {
            return;
        }
        final long cell = PortMemory.cell(memory, protocol, port);
        if (Memory.intAt(cell) == mapping + 1) {
            Memory.putInt(cell, 0);
            final boolean freed =
                    Flow.hasPorts(protocol) && rules.ofPort(addresses.address(number), port, protocol) < 0;
            if (freed) {
                free(number, protocol, port);
            }
        }
    }
}
