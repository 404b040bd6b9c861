package org.portolan.control.config;

import org.portolan.dataplane.wire.Ipv4;

/**
 * An IPv4 subnet: its lowest address and the length of its prefix.
 *
 * @param network lowest address, host bits zero
 * @param prefixLength 0 to 32
 */
public record Subnet(int network, int prefixLength) {
    public Subnet {
        if (prefixLength < 0 || prefixLength > 32 || (network & ~mask(prefixLength)) != 0) {
            throw new IllegalArgumentException(Ipv4.describeAddress(network) + "/" + prefixLength);
        }
    }

    /** The subnet of that prefix length around any of its addresses. */
    public static Subnet around(final int address, final int prefixLength) {
        return new Subnet(address & mask(prefixLength), prefixLength);
    }

    public static int mask(final int prefixLength) {
        return prefixLength == 0 ? 0 : -1 << 32 - prefixLength;
    }

    /** The highest address; the directed broadcast, except in a /31 and a /32, which have none (RFC 3021). */
    public int last() {
        return network | ~mask(prefixLength);
    }

    public boolean contains(final int address) {
        return (address & mask(prefixLength)) == network;
    }

    public boolean overlaps(final Subnet other) {
        return contains(other.network) || other.contains(network);
    }

    /** Whether a host can have this address: inside, and neither the network's own nor its broadcast. */
    public boolean isHost(final int address) {
        return contains(address) && (prefixLength >= 31 || address != network && address != last());
    }

    @Override
    public String toString() {
        return Ipv4.describeAddress(network) + "/" + prefixLength;
    }
}
