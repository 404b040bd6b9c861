package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecProtocol.ofAddress;

import java.util.List;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OtherProtocols;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/**
 * The network of every trace: two inside networks, one with another behind it, and two ways out. The lower half of the
 * world is behind wan, the upper half behind dsl.
 *
 * <pre>
 *   192.168.1.0/24 --- lan (0) +--------+ wan (1) --- 203.0.113.0/24 --- 0.0.0.0/1 via .1
 *   10.20.0.0/16 via .2        | router |
 *   10.9.0.0/16 ------ dmz (2) +--------+ dsl (3) --- 198.51.100.0/24 --- 128.0.0.0/1 via .1
 * </pre>
 */
final class TraceNetwork {
    static final int LAN = 0;
    static final int WAN = 1;
    static final int DMZ = 2;
    static final int DSL = 3;
    static final long HOST_MAC = 0x0200_0000_00AAL;
    private static final long FIRST_MAC = 0x0200_0000_0001L;

    static final int WAN_ADDRESS = ofAddress("203.0.113.2");
    static final int POOL = ofAddress("203.0.113.5");
    static final int SECOND_POOL = ofAddress("203.0.113.6");
    static final int THIRD_POOL = ofAddress("203.0.113.7");
    static final int WHOLE = ofAddress("203.0.113.8");
    static final int DSL_WHOLE = ofAddress("198.51.100.8");
    static final int DSL_POOL = ofAddress("198.51.100.2");
    static final int SERVER = ofAddress("192.168.1.10");
    static final int ROUTED_HOST = ofAddress("10.20.0.5");
    static final int DMZ_SERVER = ofAddress("10.9.0.10");
    static final int INSIDE_ROUTER = ofAddress("192.168.1.2");
    static final int EXEMPT_REMOTE = ofAddress("11.0.2.1");
    static final int WAN_GATEWAY = ofAddress("203.0.113.1");
    static final int DSL_GATEWAY = ofAddress("198.51.100.1");

    private TraceNetwork() {}

    static List<SpecPort> ports() {
        return List.of(
                port(LAN, false, "192.168.1.1", 24, 1500),
                port(WAN, true, "203.0.113.2", 24, 1500),
                port(DMZ, false, "10.9.0.1", 24, 1400),
                port(DSL, true, "198.51.100.2", 24, 1492));
    }

    private static SpecPort port(
            final int index, final boolean outside, final String address, final int prefixLength, final int mtu) {
        return new SpecPort(index, outside, ofAddress(address), prefixLength, FIRST_MAC + index, mtu);
    }

    /** The neighbors that are known at the start. */
    static int[] neighbors(final int port) {
        return switch (port) {
            case LAN -> hosts("192.168.1.0", 2, 60);
            case DMZ -> hosts("10.9.0.0", 10, 20);
            case WAN -> hosts("203.0.113.0", 1, 1);
            default -> hosts("198.51.100.0", 1, 1);
        };
    }

    private static int[] hosts(final String network, final int first, final int last) {
        final int[] all = new int[last - first + 1];
        for (int i = 0; i < all.length; i++) {
            all[i] = ofAddress(network) + first + i;
        }
        return all;
    }

    private static List<SpecTerms.Route> routes(final int behind, final int gateway) {
        return List.of(
                new SpecTerms.Route(ofAddress("192.168.1.0"), 24, LAN, 0),
                new SpecTerms.Route(ofAddress("203.0.113.0"), 24, WAN, 0),
                new SpecTerms.Route(ofAddress("10.9.0.0"), 24, DMZ, 0),
                new SpecTerms.Route(ofAddress("198.51.100.0"), 24, DSL, 0),
                new SpecTerms.Route(ofAddress("10.20.0.0"), 16, behind, gateway),
                new SpecTerms.Route(0, 2, WAN, WAN_GATEWAY),
                // 64.0.0.0/3 has no route.
                new SpecTerms.Route(ofAddress("96.0.0.0"), 3, WAN, WAN_GATEWAY),
                new SpecTerms.Route(1 << 31, 1, DSL, DSL_GATEWAY));
    }

    static PolicyTerms.Forward forward(
            final int egress, final int protocol, final int outside, final int port, final int inside, final int to) {
        return new PolicyTerms.Forward(egress, protocol, outside, port, inside, to);
    }

    private static final List<PolicyTerms.Forward> FORWARDS = List.of(
            forward(WAN, SpecProtocol.TCP, POOL, 8080, SERVER, 80),
            forward(WAN, SpecProtocol.UDP, POOL, 5353, SERVER, 53),
            forward(WAN, SpecProtocol.UDP, POOL, 5354, SERVER, 53),
            forward(WAN, SpecProtocol.TCP, WAN_ADDRESS, 2222, ROUTED_HOST, 22),
            forward(DSL, SpecProtocol.TCP, DSL_POOL, 8080, SERVER, 80),
            forward(WAN, SpecProtocol.UDP, POOL, 4000, DMZ_SERVER, 4000),
            forward(WAN, SpecProtocol.UDP, POOL, 6000, SERVER, 7000).ports(4),
            forward(WAN, SpecProtocol.TCP, SECOND_POOL, 6100, DMZ_SERVER, 6100)
                    .ports(8)
                    .inboundOnly(),
            forward(WAN, SpecProtocol.UDP, SECOND_POOL, 6200, ROUTED_HOST, 4004).ports(3),
            PolicyTerms.Forward.whole(WAN, WHOLE, SERVER + 2));

    private static final List<PolicyTerms.Forward> OTHER_FORWARDS = List.of(
            forward(WAN, SpecProtocol.TCP, POOL, 8080, DMZ_SERVER, 80),
            forward(WAN, SpecProtocol.UDP, POOL, 4001, SERVER, 4001),
            forward(WAN, SpecProtocol.UDP, POOL, 5353, SERVER, 53),
            forward(WAN, SpecProtocol.TCP, SECOND_POOL, 2222, ROUTED_HOST, 22),
            forward(WAN, SpecProtocol.UDP, POOL, 6000, SERVER, 7000).ports(2),
            forward(WAN, SpecProtocol.UDP, POOL, 6002, DMZ_SERVER, 7002).ports(5),
            forward(WAN, SpecProtocol.TCP, SECOND_POOL, 6103, DMZ_SERVER, 6103),
            PolicyTerms.Forward.whole(WAN, WHOLE, DMZ_SERVER + 1),
            PolicyTerms.Forward.whole(DSL, DSL_WHOLE, SERVER + 3));

    private static final List<PolicyTerms.Forward> WHOLE_ADDRESSES = List.of(
            forward(WAN, SpecProtocol.TCP, SECOND_POOL, 8080, SERVER, 80),
            PolicyTerms.Forward.whole(WAN, POOL, SERVER),
            PolicyTerms.Forward.whole(WAN, WHOLE, SERVER + 2).inboundOnly());

    private static final List<PolicyTerms.Network> EXEMPT = List.of(new PolicyTerms.Network(ofAddress("11.0.0.0"), 16));

    private static PolicyTerms.Pool pool(final int egress, final Behavior behavior, final int... addresses) {
        return new PolicyTerms.Pool(egress, behavior, addresses);
    }

    /** The policies that a trace changes between; the first is the one at the start. */
    static List<SpecTerms> policies(final TraceProfile profile) {
        final OutsideLimits limits = profile.limits;
        final Switches switches = profile.switches();
        final HostLimits hostLimits = profile.hostLimits;
        final Timeouts timeouts = TraceProfile.timeouts();
        final Behavior wan = new Behavior(profile.wanMapping, profile.wanFiltering);
        final List<SpecTerms.Route> routes = routes(LAN, INSIDE_ROUTER);
        final PolicyTerms.Pool dsl =
                pool(DSL, new Behavior(Behavior.Mapping.ENDPOINT_INDEPENDENT, profile.dslFiltering), DSL_POOL);
        final Timeouts noRest = new Timeouts(
                timeouts.udpS(),
                timeouts.tcpOpeningS(),
                timeouts.tcpEstablishedS(),
                timeouts.tcpClosingS(),
                timeouts.icmpS(),
                0,
                timeouts.incomingS());
        return List.of(
                terms(
                        routes,
                        List.of(pool(WAN, wan, POOL, SECOND_POOL), dsl),
                        FORWARDS,
                        EXEMPT,
                        limits,
                        hostLimits,
                        timeouts,
                        switches),
                terms(
                        routes,
                        List.of(pool(WAN, wan, POOL), dsl),
                        FORWARDS,
                        List.of(),
                        limits,
                        hostLimits,
                        timeouts,
                        switches.with(OtherProtocols.STATIC)),
                terms(
                        routes,
                        List.of(pool(WAN, wan, SECOND_POOL, THIRD_POOL), dsl),
                        FORWARDS,
                        EXEMPT,
                        limits,
                        hostLimits,
                        timeouts,
                        switches),
                terms(
                        routes,
                        List.of(pool(WAN, wan, POOL, SECOND_POOL), dsl),
                        OTHER_FORWARDS,
                        EXEMPT,
                        limits,
                        hostLimits,
                        timeouts,
                        switches),
                terms(
                        routes(DMZ, DMZ_SERVER),
                        List.of(pool(WAN, wan, WAN_ADDRESS, WHOLE), dsl),
                        List.of(),
                        EXEMPT,
                        limits,
                        hostLimits,
                        noRest,
                        switches),
                terms(
                        routes,
                        List.of(pool(WAN, wan, SECOND_POOL), dsl),
                        WHOLE_ADDRESSES,
                        EXEMPT,
                        limits,
                        hostLimits,
                        timeouts,
                        switches.with(OtherProtocols.DROP)));
    }

    private static SpecTerms terms(
            final List<SpecTerms.Route> routes,
            final List<PolicyTerms.Pool> pools,
            final List<PolicyTerms.Forward> forwards,
            final List<PolicyTerms.Network> exempt,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Timeouts timeouts,
            final Switches switches) {
        return new SpecTerms(routes, pools, forwards, exempt, limits, hostLimits, timeouts, switches);
    }
}
