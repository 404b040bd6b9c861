package org.portolan.dataplane.nat;

import java.util.List;
import java.util.Random;

/** A Nat's config with what a test leaves open: secrets that never change, and limits that are out of the way. */
record TestConfig(
        long seed,
        int sessions,
        int mappings,
        List<NatConfig.Pool> pools,
        int restS,
        OutsideLimits limits,
        HostLimits hostLimits,
        List<NatConfig.Forward> forwards) {
    static final int REST_S = 120;

    /** One egress, 0, with this pool. */
    static TestConfig of(final int sessions, final int... pool) {
        return new TestConfig(
                7,
                sessions,
                sessions,
                List.of(new NatConfig.Pool(0, pool)),
                REST_S,
                new OutsideLimits(sessions, sessions, sessions, 0),
                HostLimits.NONE,
                List.of());
    }

    static NatSecrets secrets(final long seed) {
        return NatSecrets.from(new Random(seed));
    }

    TestConfig seeded(final long other) {
        return new TestConfig(other, sessions, mappings, pools, restS, limits, hostLimits, forwards);
    }

    TestConfig mappings(final int most) {
        return new TestConfig(seed, sessions, most, pools, restS, limits, hostLimits, forwards);
    }

    TestConfig rest(final int seconds) {
        return new TestConfig(seed, sessions, mappings, pools, seconds, limits, hostLimits, forwards);
    }

    TestConfig withPools(final NatConfig.Pool... all) {
        return new TestConfig(seed, sessions, mappings, List.of(all), restS, limits, hostLimits, forwards);
    }

    TestConfig limits(final OutsideLimits other) {
        return new TestConfig(seed, sessions, mappings, pools, restS, other, hostLimits, forwards);
    }

    TestConfig hosts(final HostLimits other) {
        return new TestConfig(seed, sessions, mappings, pools, restS, limits, other, forwards);
    }

    /** Each takes a mapping more. */
    TestConfig forwards(final NatConfig.Forward... all) {
        return new TestConfig(seed, sessions, mappings + all.length, pools, restS, limits, hostLimits, List.of(all));
    }

    NatConfig build() {
        return new NatConfig(secrets(seed), sessions, mappings, pools, restS, limits, hostLimits, forwards);
    }
}
