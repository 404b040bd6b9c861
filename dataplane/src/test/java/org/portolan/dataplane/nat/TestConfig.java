package org.portolan.dataplane.nat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Timeouts;

/** A Nat's room and first policy with what a test leaves open: secrets that never change, limits out of the way. */
record TestConfig(
        long seed,
        int sessions,
        int mappings,
        RouteTable routes,
        List<PolicyTerms.Pool> pools,
        int restS,
        OutsideLimits limits,
        HostLimits hostLimits,
        List<PolicyTerms.Forward> forwards) {
    static final int REST_S = 120;

    /** Port of the inside in {@link #ROUTES}. */
    static final int INSIDE = 9;

    /** To the hosts of the tests' inside, and everywhere else by egress 0. */
    private static final RouteTable ROUTES = RouteTable.builder()
            .add(0, 0, 0, 0)
            .add(TestPacket.ip("192.168.0.0"), 16, INSIDE, 0)
            .add(TestPacket.ip("10.0.0.0"), 8, INSIDE, 0)
            .build();

    /** One egress, 0, with this pool. */
    static TestConfig of(final int sessions, final int... pool) {
        return new TestConfig(
                7,
                sessions,
                sessions,
                ROUTES,
                List.of(new PolicyTerms.Pool(0, pool)),
                REST_S,
                new OutsideLimits(sessions, sessions, sessions, 0),
                HostLimits.NONE,
                List.of());
    }

    static NatSecrets secrets(final long seed) {
        return NatSecrets.from(new Random(seed));
    }

    TestConfig seeded(final long other) {
        return new TestConfig(other, sessions, mappings, routes, pools, restS, limits, hostLimits, forwards);
    }

    TestConfig mappings(final int most) {
        return new TestConfig(seed, sessions, most, routes, pools, restS, limits, hostLimits, forwards);
    }

    TestConfig routes(final RouteTable other) {
        return new TestConfig(seed, sessions, mappings, other, pools, restS, limits, hostLimits, forwards);
    }

    TestConfig rest(final int seconds) {
        return new TestConfig(seed, sessions, mappings, routes, pools, seconds, limits, hostLimits, forwards);
    }

    TestConfig withPools(final PolicyTerms.Pool... all) {
        return new TestConfig(seed, sessions, mappings, routes, List.of(all), restS, limits, hostLimits, forwards);
    }

    TestConfig limits(final OutsideLimits other) {
        return new TestConfig(seed, sessions, mappings, routes, pools, restS, other, hostLimits, forwards);
    }

    TestConfig hosts(final HostLimits other) {
        return new TestConfig(seed, sessions, mappings, routes, pools, restS, limits, other, forwards);
    }

    TestConfig forwards(final PolicyTerms.Forward... all) {
        return new TestConfig(seed, sessions, mappings, routes, pools, restS, limits, hostLimits, List.of(all));
    }

    PolicyTerms terms() {
        final Set<Integer> outside = new HashSet<>();
        pools.forEach(pool -> outside.add(pool.egress()));
        forwards.forEach(forward -> outside.add(forward.egress()));
        return new PolicyTerms(routes, outside, pools, forwards, limits, hostLimits, Timeouts.defaults(restS));
    }

    /** Sequence numbers are not judged, as most tests' packets have random ones. */
    NatConfig room() {
        return NatConfig.roomFor(secrets(seed), sessions, mappings, terms()).checking(WindowCheck.OFF);
    }

    PolicyKeeper keeper() {
        return new PolicyKeeper(room(), terms());
    }
}
