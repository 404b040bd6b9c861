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
        return forwards.stream().anyMatch(forward -> isWhole(forward) && forward.externalAddress() == address);
    }

    private static boolean isWhole(final PolicyTerms.Forward forward) {
        return forward.protocol() == SpecProtocol.EVERY;
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

    /** Whether several flows may have one outside endpoint by an egress, each with another remote endpoint. */
    boolean sharesPorts(final int egress) {
        for (final PolicyTerms.Pool pool : pools) {
            if (pool.egress() == egress) {
                return pool.behavior().mapping() == Behavior.Mapping.ADDRESS_AND_PORT_DEPENDENT;
            }
        }
        return false;
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

    /** The forward of an outside endpoint, or null; that of its port before that of its whole address. */
    PolicyTerms.Forward forwardAt(final SpecEndpoint outside) {
        PolicyTerms.Forward whole = null;
        for (final PolicyTerms.Forward forward : forwards) {
            if (forward.externalAddress() != outside.address()) {
                continue;
            }
            if (isWhole(forward)) {
                whole = forward;
            } else if (has(forward, outside, forward.externalPort())) {
                return forward;
            }
        }
        return whole;
    }

    /** The forward that an inside endpoint uses by an egress, or null: a whole address, or else the first one. */
    PolicyTerms.Forward forwardTo(final SpecEndpoint inside, final int egress) {
        PolicyTerms.Forward first = null;
        for (final PolicyTerms.Forward forward : forwards) {
            if (forward.internalAddress() != inside.address() || forward.egress() != egress || forward.inbound()) {
                continue;
            }
            if (isWhole(forward)) {
                return forward;
            }
            if (first == null && has(forward, inside, forward.internalPort())) {
                first = forward;
            }
        }
        return first;
    }

    /** Whether an endpoint's port is one of a forward's, which begin with this one. */
    private static boolean has(final PolicyTerms.Forward forward, final SpecEndpoint endpoint, final int first) {
        return forward.protocol() == endpoint.protocol()
                && endpoint.port() >= first
                && endpoint.port() < first + forward.ports();
    }

    /** The outside endpoint of a forward that an inside endpoint has: at the same place of the range. */
    static SpecEndpoint outsideOf(final PolicyTerms.Forward forward, final SpecEndpoint inside) {
        final int port = forward.externalPort() + inside.port() - forward.internalPort();
        return new SpecEndpoint(inside.protocol(), forward.externalAddress(), port);
    }

    /** The inside endpoint that an outside endpoint of a forward leads to. */
    static SpecEndpoint insideOf(final PolicyTerms.Forward forward, final SpecEndpoint outside) {
        final int port = forward.internalPort() + outside.port() - forward.externalPort();
        return new SpecEndpoint(outside.protocol(), forward.internalAddress(), port);
    }

    /** What a mapping on an endpoint of a forward has in its place: a whole address has one for all endpoints. */
    static SpecEndpoint mapped(final PolicyTerms.Forward forward, final SpecEndpoint endpoint) {
        return isWhole(forward) ? new SpecEndpoint(SpecProtocol.EVERY, endpoint.address(), 0) : endpoint;
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
