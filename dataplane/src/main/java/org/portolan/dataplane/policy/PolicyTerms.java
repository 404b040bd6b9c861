package org.portolan.dataplane.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.portolan.dataplane.wire.Ipv4;

/**
 * What a {@link Policy} is made from: the config in the dataplane's terms. Immutable but for the arrays of the pools,
 * which nobody may change; control has checked the operator's values before with file and line, so a wrong one here is
 * a programming error and throws {@link IllegalArgumentException}.
 *
 * @param outsidePorts indices of the outside interfaces' ports
 * @param pools outside addresses that dynamic mappings take, at most one pool for each egress
 * @param limits of the sessions that the outside opens
 * @param hostLimits of each inside host
 * @param forwards static rules; they belong to realm 0
 * @param exemptions outside networks to and from which nothing is translated (RFC 6888 REQ-6)
 * @param switches what the RFCs leave to the operator
 */
public record PolicyTerms(
        RouteTable routes,
        Set<Integer> outsidePorts,
        List<Pool> pools,
        List<Forward> forwards,
        OutsideLimits limits,
        HostLimits hostLimits,
        Timeouts timeouts,
        List<Network> exemptions,
        Switches switches) {
    /** How many ports a router may have; an egress is below it. A session has a byte for one, and 255 is none. */
    public static final int MAXIMUM_PORTS = 255;

    /**
     * The outside addresses of the flows that leave by one outside interface.
     *
     * @param egress index of the interface's port
     * @param behavior of the mappings on these addresses
     * @param addresses at least one; each once in all pools
     */
    public record Pool(int egress, Behavior behavior, int... addresses) {
        /** With the usual behavior. */
        public Pool(final int egress, final int... addresses) {
            this(egress, Behavior.DEFAULT, addresses);
        }

        public Pool {
            require(egress >= 0 && egress < MAXIMUM_PORTS, "egress", egress);
            require(addresses.length >= 1, "pool size", addresses.length);
        }
    }

    /**
     * A static rule: ports of the outside bound to as many of an inside address, or a whole address to another.
     *
     * @param egress index of the port whose network the external address is in
     * @param protocol {@link Ipv4#UDP} or {@link Ipv4#TCP}; of a whole address {@link StaticRules#EVERY_PROTOCOL}
     * @param externalPort the first one; of a whole address 0, as the internal one
     * @param ports how many; of a whole address 1
     * @param inbound whether it serves only what the outside opens
     */
    public record Forward(
            int egress,
            int protocol,
            int externalAddress,
            int externalPort,
            int internalAddress,
            int internalPort,
            int ports,
            boolean inbound) {
        public Forward {
            require(egress >= 0 && egress < MAXIMUM_PORTS, "egress", egress);
            final boolean whole = protocol == StaticRules.EVERY_PROTOCOL;
            require(whole || protocol == Ipv4.UDP || protocol == Ipv4.TCP, "forward protocol", protocol);
            final int first = whole ? 0 : 1;
            final int most = whole ? 0 : 0x10000;
            require(ports >= 1 && ports <= 0xFFFF && (!whole || ports == 1), "forward ports", ports);
            require(isPorts(externalPort, ports, first, most), "external port", externalPort);
            require(isPorts(internalPort, ports, first, most), "internal port", internalPort);
        }

        private static boolean isPorts(final int port, final int ports, final int first, final int most) {
            return port >= first && (most == 0 ? port == 0 : port + ports <= most);
        }

        /** A single port. */
        public Forward(
                final int egress,
                final int protocol,
                final int externalAddress,
                final int externalPort,
                final int internalAddress,
                final int internalPort) {
            this(egress, protocol, externalAddress, externalPort, internalAddress, internalPort, 1, false);
        }

        /** A whole address: each port and identifier as it is, of all protocols. */
        public static Forward whole(final int egress, final int externalAddress, final int internalAddress) {
            return new Forward(egress, StaticRules.EVERY_PROTOCOL, externalAddress, 0, internalAddress, 0, 1, false);
        }

        /** The same rule over more ports, from its own on. */
        public Forward ports(final int count) {
            return new Forward(
                    egress, protocol, externalAddress, externalPort, internalAddress, internalPort, count, inbound);
        }

        /** The same rule for what the outside opens alone. */
        public Forward inboundOnly() {
            return new Forward(
                    egress, protocol, externalAddress, externalPort, internalAddress, internalPort, ports, true);
        }

        boolean isWhole() {
            return protocol == StaticRules.EVERY_PROTOCOL;
        }
    }

    /**
     * @param address the lowest one, host bits 0
     * @param prefixLength 0 to 32
     */
    public record Network(int address, int prefixLength) {}

    /** Without exemptions, and with the usual switches. */
    public PolicyTerms(
            final RouteTable routes,
            final Set<Integer> outsidePorts,
            final List<Pool> pools,
            final List<Forward> forwards,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Timeouts timeouts) {
        this(routes, outsidePorts, pools, forwards, limits, hostLimits, timeouts, List.of(), Switches.USUAL);
    }

    public PolicyTerms {
        exemptions = List.copyOf(exemptions);
        outsidePorts = Set.copyOf(outsidePorts);
        pools = List.copyOf(pools);
        forwards = List.copyOf(forwards);
        require(outsidePorts.stream().allMatch(port -> port >= 0 && port < MAXIMUM_PORTS), "outside ports", -1);
        checkForwards(forwards, egresses(pools));
    }

    /** The same with other exemptions. */
    public PolicyTerms exempting(final Network... networks) {
        return new PolicyTerms(
                routes, outsidePorts, pools, forwards, limits, hostLimits, timeouts, List.of(networks), switches);
    }

    /** The same with other switches. */
    public PolicyTerms with(final Switches others) {
        return new PolicyTerms(routes, outsidePorts, pools, forwards, limits, hostLimits, timeouts, exemptions, others);
    }

    /** Whether who may send to a mapping hangs on the addresses that it has sent to, by any egress. */
    public boolean filtersByAddress() {
        return pools.stream().anyMatch(pool -> pool.behavior.filtering() == Behavior.Filtering.ADDRESS_DEPENDENT);
    }

    /**
     * Of what the tables' records rest on: outside addresses and forwards. Two runs with the same one may go on with
     * each other's records.
     */
    public long hash() {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (final Pool pool : pools) {
            hash = mix(hash, pool.egress);
            hash = mix(hash, pool.addresses.length);
            for (final int address : pool.addresses) {
                hash = mix(hash, address);
            }
        }
        for (final Forward forward : forwards) {
            hash = mix(hash, forward.egress);
            hash = mix(hash, forward.protocol);
            hash = mix(hash, forward.externalAddress);
            hash = mix(hash, forward.externalPort);
            hash = mix(hash, forward.internalAddress);
            hash = mix(hash, forward.internalPort);
            hash = mix(hash, forward.ports << 1 | (forward.inbound ? 1 : 0));
        }
        return hash;
    }

    /** One step of FNV-1a with a word for its byte. */
    private static long mix(final long hash, final int value) {
        return (hash ^ value) * 0x0000_0100_0000_01B3L;
    }

    /** Which egress each pool address belongs to. */
    private static Map<Integer, Integer> egresses(final List<Pool> pools) {
        final Map<Integer, Integer> egresses = new HashMap<>();
        final Set<Integer> seen = new HashSet<>();
        for (final Pool pool : pools) {
            require(seen.add(pool.egress), "two pools of egress", pool.egress);
            for (final int address : pool.addresses) {
                if (egresses.put(address, pool.egress) != null) {
                    throw new IllegalArgumentException("pool address twice: " + Ipv4.describeAddress(address));
                }
            }
        }
        return egresses;
    }

    private static void checkForwards(final List<Forward> forwards, final Map<Integer, Integer> egresses) {
        final Set<Integer> pooled = Set.copyOf(egresses.keySet());
        final Map<Integer, List<Forward>> byAddress = new HashMap<>();
        for (final Forward forward : forwards) {
            final List<Forward> others =
                    byAddress.computeIfAbsent(forward.externalAddress, address -> new ArrayList<>());
            others.add(forward);
            final Integer egress = egresses.putIfAbsent(forward.externalAddress, forward.egress);
            if (egress != null && egress != forward.egress) {
                throw new IllegalArgumentException("address of two egresses: " + forward);
            }
            if (forward.isWhole() && pooled.contains(forward.externalAddress)) {
                throw new IllegalArgumentException("a whole address that is in a pool: " + forward);
            }
        }
        byAddress.values().forEach(PolicyTerms::checkOverlaps);
    }

    /** The rules of one external address. */
    private static void checkOverlaps(final List<Forward> forwards) {
        final List<Forward> sorted = new ArrayList<>(forwards);
        sorted.sort(Comparator.comparingInt(Forward::protocol).thenComparingInt(Forward::externalPort));
        for (int i = 1; i < sorted.size(); i++) {
            final Forward one = sorted.get(i - 1);
            final Forward two = sorted.get(i);
            final boolean meet = one.protocol == two.protocol && one.externalPort + one.ports > two.externalPort;
            if (one.isWhole() || meet) {
                throw new IllegalArgumentException("external port forwarded twice: " + two);
            }
        }
    }

    private static void require(final boolean right, final String what, final int value) {
        if (!right) {
            throw new IllegalArgumentException(what + " out of range: " + value);
        }
    }
}
