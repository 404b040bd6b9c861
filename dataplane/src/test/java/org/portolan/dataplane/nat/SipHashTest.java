package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

class SipHashTest {
    /** The paper's key: bytes 0 to 15. */
    private static final NatSecrets.Key KEY = new NatSecrets.Key(0x0706_0504_0302_0100L, 0x0F0E_0D0C_0B0A_0908L);

    /** Bytes 0 to n - 1, as the paper's vectors have them. */
    private static byte[] message(final int bytes) {
        final byte[] message = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            message[i] = (byte) i;
        }
        return message;
    }

    private static long word(final byte[] message, final int at) {
        final byte[] padded = Arrays.copyOfRange(message, at, at + 8);
        return ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static long last(final byte[] message, final int at) {
        return word(message, at) | (long) message.length << 56;
    }

    /** The function as the paper describes it: a state of four words, messages of any length, no shortcut. */
    private static long straightforward(
            final NatSecrets.Key key, final byte[] message, final int compression, final int finalization) {
        final long[] v = {
            key.k0() ^ 0x736f6d6570736575L,
            key.k1() ^ 0x646f72616e646f6dL,
            key.k0() ^ 0x6c7967656e657261L,
            key.k1() ^ 0x7465646279746573L
        };
        for (int at = 0; at <= message.length; at += 8) {
            final long m = message.length - at >= 8 ? word(message, at) : last(message, at);
            v[3] ^= m;
            rounds(v, compression);
            v[0] ^= m;
        }
        v[2] ^= 0xff;
        rounds(v, finalization);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(final long[] v, final int count) {
        for (int i = 0; i < count; i++) {
            half(v, 0, 1, 13, 2, 3, 16);
            half(v, 2, 1, 17, 0, 3, 21);
        }
    }

    private static void half(
            final long[] v, final int a, final int b, final int byB, final int c, final int d, final int byD) {
        v[a] += v[b];
        v[c] += v[d];
        v[b] = Long.rotateLeft(v[b], byB) ^ v[a];
        v[d] = Long.rotateLeft(v[d], byD) ^ v[c];
        v[a] = Long.rotateLeft(v[a], 32);
    }

    @Test
    void shouldGiveThePapersValues() {
        final byte[] fifteen = message(15);
        assertThat(SipHash.strong(KEY.k0(), KEY.k1(), word(fifteen, 0), last(fifteen, 8)))
                .as("SipHash-2-4, appendix A of the paper")
                .isEqualTo(0xa129ca6149be45e5L);
        assertThat(SipHash.strong(KEY.k0(), KEY.k1(), word(message(8), 0), 8L << 56))
                .as("SipHash-2-4 of 8 bytes, from the authors' vectors")
                .isEqualTo(0x93f5f5799a932462L);
        assertThat(SipHash.fast(0, 0, word(fifteen, 0), last(fifteen, 8)))
                .as("SipHash-1-3 under key 0, as CPython hashes these bytes with PYTHONHASHSEED=0")
                .isEqualTo(0xf30eb725bb91c9eaL);
    }

    @Test
    void shouldAgreeWithAStraightforwardImplementation() {
        final Random random = new Random(13);
        assertThat(straightforward(KEY, message(15), 2, 4)).isEqualTo(0xa129ca6149be45e5L);
        for (int i = 0; i < 10_000; i++) {
            final NatSecrets.Key key = new NatSecrets.Key(random.nextLong(), random.nextLong());
            final byte[] flow = new byte[15];
            final byte[] counter = new byte[8];
            random.nextBytes(flow);
            random.nextBytes(counter);
            assertThat(SipHash.fast(key.k0(), key.k1(), word(flow, 0), last(flow, 8)))
                    .isEqualTo(straightforward(key, flow, 1, 3));
            assertThat(SipHash.strong(key.k0(), key.k1(), word(counter, 0), 8L << 56))
                    .isEqualTo(straightforward(key, counter, 2, 4));
        }
    }

    @Test
    void shouldHashAFlowAsItsFifteenBytes() {
        final byte[] flow = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x08080808)
                .putInt(0xC0A8010A)
                .putShort((short) 53)
                .putShort((short) 40_000)
                .put((byte) 17)
                .putShort((short) 3)
                .array();
        assertThat(new FlowKey(KEY).hash(Flow.addresses(0xC0A8010A, 0x08080808), Flow.ports(3, Ipv4.UDP, 40_000, 53)))
                .isEqualTo(straightforward(KEY, Arrays.copyOf(flow, 15), 1, 3));
    }
}
