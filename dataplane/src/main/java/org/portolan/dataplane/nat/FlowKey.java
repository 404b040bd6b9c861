package org.portolan.dataplane.nat;

import org.portolan.dataplane.wire.Flow;

/**
 * The keyed hash of a {@link Flow}: SipHash-1-3 of its two words, which are 15 bytes, as the upper byte of the ports is
 * free. Nobody without the key can choose flows that share a bucket, not even after observing ports, collisions or the
 * router's timing; {@link BucketIndex} bounds what a lucky choice would cost.
 */
final class FlowKey {
    private static final long LENGTH = 15L << 56;

    private final long k0;
    private final long k1;

    FlowKey(final NatSecrets.Key key) {
        k0 = key.k0();
        k1 = key.k1();
    }

    long hash(final long addresses, final long ports) {
        return SipHash.fast(k0, k1, addresses, LENGTH | ports);
    }
}
