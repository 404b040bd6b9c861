package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Flow;

class FlowKeyTest {
    private static final int KEY_BITS = 32 + 16 + 32 + 16 + 8 + 16;

    /** The key as bits, so that each can be turned over. */
    private static long hash(final FlowKey key, final boolean[] bits) {
        final int[] widths = {32, 16, 32, 16, 8, 16};
        final int[] fields = new int[widths.length];
        int at = 0;
        for (int field = 0; field < widths.length; field++) {
            for (int bit = 0; bit < widths[field]; bit++) {
                fields[field] |= bits[at++] ? 1 << bit : 0;
            }
        }
        return hash(key, fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }

    private static long hash(
            final FlowKey key,
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int protocol,
            final int realm) {
        return key.hash(Flow.addresses(source, destination), Flow.ports(realm, protocol, sourcePort, destinationPort));
    }

    @Test
    void shouldTurnOverEachHashBitHalfOfTheTimeWhenAnyKeyBitTurns() {
        final Random random = new Random(3);
        final int rounds = 4000;
        final int[][] turned = new int[KEY_BITS][64];
        for (int round = 0; round < rounds; round++) {
            final FlowKey key = new FlowKey(new NatSecrets.Key(random.nextLong(), random.nextLong()));
            final boolean[] bits = new boolean[KEY_BITS];
            for (int bit = 0; bit < KEY_BITS; bit++) {
                bits[bit] = random.nextBoolean();
            }
            final long before = hash(key, bits);
            for (int bit = 0; bit < KEY_BITS; bit++) {
                bits[bit] ^= true;
                final long change = before ^ hash(key, bits);
                bits[bit] ^= true;
                for (int out = 0; out < 64; out++) {
                    turned[bit][out] += (int) (change >>> out & 1);
                }
            }
        }
        // Six standard deviations of a fair coin over 4,000 throws, for 7,680 coins.
        final double slack = 6 * Math.sqrt(rounds * 0.25);
        for (int bit = 0; bit < KEY_BITS; bit++) {
            for (int out = 0; out < 64; out++) {
                assertThat((double) turned[bit][out])
                        .as("key bit %d, hash bit %d", bit, out)
                        .isBetween(rounds / 2.0 - slack, rounds / 2.0 + slack);
            }
        }
    }

    @Test
    void shouldSpreadNeighboringEndpointsWithoutCollisions() {
        final FlowKey key = new FlowKey(new NatSecrets.Key(0, 0));
        final Set<Long> hashes = new HashSet<>();
        for (int host = 0; host < 64; host++) {
            for (int port = 1024; port < 3072; port++) {
                hashes.add(hash(key, 0x0A000000 + host, port, 0xC6336407, 53, 17, 0));
            }
        }
        assertThat(hashes).hasSize(64 * 2048);
    }

    @Test
    void shouldDependOnTheSeed() {
        assertThat(hash(new FlowKey(new NatSecrets.Key(1, 0)), 1, 2, 3, 4, 6, 0))
                .isNotEqualTo(hash(new FlowKey(new NatSecrets.Key(2, 0)), 1, 2, 3, 4, 6, 0));
    }

    @Test
    void shouldTellDirectionsApart() {
        final FlowKey key = new FlowKey(new NatSecrets.Key(1, 0));
        assertThat(hash(key, 1, 2, 3, 4, 6, 0)).isNotEqualTo(hash(key, 3, 4, 1, 2, 6, 0));
    }
}
