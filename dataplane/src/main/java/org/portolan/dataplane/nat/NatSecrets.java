package org.portolan.dataplane.nat;

import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The keys that a {@link Nat} keeps from everybody, new at each start. Each use has its own, so that what one lets the
 * outside observe says nothing about another: the outside sees every port that is picked.
 *
 * @param flows spreads flows and mappings over the indexes
 * @param ports picks outside ports
 * @param pairing chooses an inside host's outside address
 * @param remotes spreads remote addresses over the table that counts their sessions
 * @param hosts spreads inside hosts over their table
 */
public record NatSecrets(Key flows, Key ports, Key pairing, Key remotes, Key hosts) {
    /** 128 bits. */
    public record Key(long k0, long k1) {
        private static Key from(final LongSupplier bits) {
            return new Key(bits.getAsLong(), bits.getAsLong());
        }

        @Override
        public String toString() {
            return "secret";
        }
    }

    /** @param random {@link SecureRandom}; only a test may use a generator that can be repeated */
    public static NatSecrets from(final RandomGenerator random) {
        return new NatSecrets(
                Key.from(random::nextLong),
                Key.from(random::nextLong),
                Key.from(random::nextLong),
                Key.from(random::nextLong),
                Key.from(random::nextLong));
    }
}
