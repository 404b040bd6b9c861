package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/** The config that may change while the router runs, as the specification reads it: lists, looked through in order. */
record SpecTerms(
        List<Route> routes,
        List<PolicyTerms.Pool> pools,
        List<PolicyTerms.Forward> forwards,
        List<PolicyTerms.Network> exemptions,
        OutsideLimits limits,
        HostLimits hostLimits,
        Timeouts timeouts,
        Switches switches) {
    /** @param gateway 0 for a connected network */
    record Route(int network, int prefixLength, int port, int gateway) {
        boolean covers(final int address) {
            return contains(network, prefixLength, address);
        }
    }

    static boolean contains(final int network, final int prefixLength, final int address) {
        return prefixLength == 0 || (network ^ address) >>> 32 - prefixLength == 0;
    }

    /** RFC 1812 5.2.4.3: the longest prefix; null without a route. */
    Route route(final int address) {
        Route best = null;
        for (final Route route : routes) {
            if (route.covers(address) && (best == null || route.prefixLength > best.prefixLength)) {
                best = route;
            }
        }
        return best;
    }

    /** The port that the route to an address leads out of, or -1. */
    int routePort(final int address) {
        final Route route = route(address);
        return route == null ? -1 : route.port;
    }

    /** RFC 6888 REQ-6. */
    boolean isExempt(final int address) {
        for (final PolicyTerms.Network network : exemptions) {
            if (contains(network.address(), network.prefixLength(), address)) {
                return true;
            }
        }
        return false;
    }

    /** The outside addresses of the flows that leave by a port. */
    List<Integer> pool(final int egress) {
        final List<Integer> addresses = new ArrayList<>();
        for (final PolicyTerms.Pool pool : pools) {
            if (pool.egress() == egress) {
                for (final int address : pool.addresses()) {
                    addresses.add(address);
                }
            }
        }
        return addresses;
    }

    /** How the filter of an egress's mappings is. */
    Behavior.Filtering filtering(final int egress) {
        for (final PolicyTerms.Pool pool : pools) {
            if (pool.egress() == egress) {
                return pool.behavior().filtering();
            }
        }
        return Behavior.DEFAULT.filtering();
    }

    /** Whether an address is a rule's as a whole. */
    boolean isWhole(final int address) {
        return false;
    }

    /**
     * Why a protocol without ports is not translated, or {@link DropReason#NONE}.
     *
     * @param hasRule whether a rule covers the packet
     */
    DropReason refusalOfOther(final int protocol, final boolean hasRule) {
        if (protocol == SpecProtocol.AUTHENTICATION) {
            return DropReason.AUTHENTICATION_HEADER;
        }
        final boolean isCarried = switch (switches.otherProtocols()) {
            case DYNAMIC -> true;
            case STATIC -> hasRule;
            case DROP -> false;
        };
        return isCarried ? DropReason.NONE : DropReason.PROTOCOL_UNSUPPORTED;
    }

    /** The egress that an outside address belongs to. */
    int egressOf(final int address) {
        for (final PolicyTerms.Forward forward : forwards) {
            if (forward.externalAddress() == address) {
                return forward.egress();
            }
        }
        return poolOf(address);
    }

    /** The egress whose pool has an address, or -1. */
    int poolOf(final int address) {
        for (final PolicyTerms.Pool pool : pools) {
            for (final int each : pool.addresses()) {
                if (each == address) {
                    return pool.egress();
                }
            }
        }
        return -1;
    }

    /** Whether sessions can have an address outside: it is a pool's or a forward's. */
    boolean ownsOutside(final int address) {
        if (poolOf(address) >= 0) {
            return true;
        }
        for (final PolicyTerms.Forward forward : forwards) {
            if (forward.externalAddress() == address) {
                return true;
            }
        }
        return false;
    }

    /** The forward of an outside endpoint, or null. */
    PolicyTerms.Forward forwardAt(final SpecEndpoint outside) {
        for (final PolicyTerms.Forward forward : forwards) {
            if (forward.externalPort() == outside.port()
                    && forward.protocol() == outside.protocol()
                    && forward.externalAddress() == outside.address()) {
                return forward;
            }
        }
        return null;
    }

    /** The first forward to an inside endpoint by an egress, or null. */
    PolicyTerms.Forward forwardTo(final SpecEndpoint inside, final int egress) {
        for (final PolicyTerms.Forward forward : forwards) {
            if (leadsTo(forward, inside) && forward.protocol() == inside.protocol() && forward.egress() == egress) {
                return forward;
            }
        }
        return null;
    }

    static boolean leadsTo(final PolicyTerms.Forward forward, final SpecEndpoint inside) {
        return forward.internalPort() == inside.port() && forward.internalAddress() == inside.address();
    }

    static SpecEndpoint outsideOf(final PolicyTerms.Forward forward) {
        return new SpecEndpoint(forward.protocol(), forward.externalAddress(), forward.externalPort());
    }

    static SpecEndpoint insideOf(final PolicyTerms.Forward forward) {
        return new SpecEndpoint(forward.protocol(), forward.internalAddress(), forward.internalPort());
    }

    /** The same for the dataplane. */
    PolicyTerms forDataplane() {
        final RouteTable.Builder table = RouteTable.builder();
        routes.forEach(route -> table.add(route.network, route.prefixLength, route.port, route.gateway));
        final Map<Integer, Boolean> outside = new HashMap<>();
        pools.forEach(pool -> outside.put(pool.egress(), true));
        return new PolicyTerms(table.build(), outside.keySet(), pools, forwards, limits, hostLimits, timeouts)
                .exempting(exemptions.toArray(PolicyTerms.Network[]::new))
                .with(switches);
    }
}
