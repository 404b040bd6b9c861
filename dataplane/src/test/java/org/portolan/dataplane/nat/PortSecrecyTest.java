package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;

/**
 * What the outside can learn from the ports that it sees (RFC 6056, RFC 6888 REQ-15): nothing about the next ones, and
 * nothing about the hashes.
 */
class PortSecrecyTest {
    private static final int LOW = 1024;
    private static final int HIGH = 65_535;

    private static int[] ports(final NatSecrets.Key key, final int count) {
        final int[] ports = new int[count];
        final PortBlocks blocks = new PortBlocks(key);
        try (PortMemory memory = new PortMemory()) {
            final long space = PortMemory.space(memory.take(), Ipv4.UDP);
            for (int i = 0; i < count; i++) {
                ports[i] = blocks.takeAny(space, PortBlocks.UNPRIVILEGED);
                PortBlocks.free(space, ports[i]);
            }
        }
        return ports;
    }

    /**
     * Length of the shortest linear feedback shift register that gives the bits (Berlekamp and Massey). It predicts all
     * of a generator's output once twice its length was observed.
     */
    private static int linearComplexity(final boolean[] bits) {
        boolean[] connection = new boolean[bits.length + 1];
        boolean[] before = new boolean[bits.length + 1];
        connection[0] = true;
        before[0] = true;
        int length = 0;
        int last = -1;
        for (int n = 0; n < bits.length; n++) {
            boolean wrong = bits[n];
            for (int i = 1; i <= length; i++) {
                wrong ^= connection[i] && bits[n - i];
            }
            if (!wrong) {
                continue;
            }
            final boolean[] kept = connection.clone();
            for (int i = 0; i + n - last <= bits.length; i++) {
                connection[i + n - last] ^= before[i];
            }
            if (2 * length <= n) {
                length = n + 1 - length;
                last = n;
                before = kept;
            }
        }
        return length;
    }

    @Test
    @DisplayName("RFC 6888 REQ-15: a thousand observed ports do not give the generator away")
    void shouldNotBePredictableFromObservedPorts() {
        final int[] ports = ports(TestConfig.secrets(1).ports(), 1000);
        final boolean[] upperHalf = new boolean[ports.length];
        for (int i = 0; i < ports.length; i++) {
            upperHalf[i] = ports[i] > (LOW + HIGH) / 2;
        }
        assertThat(linearComplexity(upperHalf))
                .as("half of the bits for random ones; the xorshift of 64 bits that was here before has 64")
                .isBetween(490, 510);
    }

    @Test
    void shouldKnowALinearGeneratorWhenItSeesOne() {
        final boolean[] bits = new boolean[1000];
        long state = 99;
        for (int i = 0; i < bits.length; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            bits[i] = state < 0;
        }
        assertThat(linearComplexity(bits)).isEqualTo(64);
    }

    @Test
    void shouldGiveOtherPortsUnderAnotherKeyAlone() {
        final NatSecrets.Key key = TestConfig.secrets(1).ports();
        final int[] ports = ports(key, 64);
        assertThat(ports(key, 64)).isEqualTo(ports);
        assertThat(ports(new NatSecrets.Key(key.k0() ^ 1, key.k1()), 64)).isNotEqualTo(ports);
        assertThat(ports(new NatSecrets.Key(key.k0(), key.k1() ^ 1L << 63), 64)).isNotEqualTo(ports);
    }

    @Test
    void shouldShareNoKeyBetweenUses() {
        final NatSecrets secrets = NatSecrets.from(new java.security.SecureRandom());
        assertThat(new NatSecrets.Key[] {
                    secrets.flows(), secrets.ports(), secrets.pairing(), secrets.remotes(), secrets.hosts()
                })
                .doesNotHaveDuplicates();
        assertThat(NatSecrets.from(new java.security.SecureRandom())).isNotEqualTo(secrets);
        assertThat(secrets.toString()).as("no log may show a key").doesNotContainPattern("\\d");
    }
}
