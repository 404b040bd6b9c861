package org.portolan.dataplane.nat;

/**
 * The keyed hash of a flow (source, source port, destination, destination port, protocol, realm): SipHash-1-3 of these
 * 15 bytes. Nobody without the key can choose flows that share a bucket, not even after observing ports, collisions or
 * the router's timing; {@link BucketIndex} bounds what a lucky choice would cost.
 */
final class FlowKey {
    private static final long LENGTH = 15L << 56;

    private final long k0;
    private final long k1;

    FlowKey(final NatSecrets.Key key) {
        k0 = key.k0();
        k1 = key.k1();
    }

    long hash(
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort,
            final int protocol,
            final int realm) {
        final long addresses = (long) source << 32 | destination & 0xFFFF_FFFFL;
        final long rest = (long) realm << 40 | (long) protocol << 32 | (long) sourcePort << 16 | destinationPort;
        return SipHash.fast(k0, k1, addresses, LENGTH | rest);
    }
}
