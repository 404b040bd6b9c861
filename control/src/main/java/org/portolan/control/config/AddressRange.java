package org.portolan.control.config;

import org.portolan.dataplane.wire.Ipv4;

/** Consecutive IPv4 addresses, both ends included; the order is unsigned. */
public record AddressRange(int first, int last) {
    public AddressRange {
        if (Integer.compareUnsigned(first, last) > 0) {
            throw new IllegalArgumentException("range ends before it begins");
        }
    }

    public long size() {
        return Integer.toUnsignedLong(last) - Integer.toUnsignedLong(first) + 1;
    }

    public boolean contains(final int address) {
        return Integer.compareUnsigned(first, address) <= 0 && Integer.compareUnsigned(address, last) <= 0;
    }

    public boolean overlaps(final AddressRange other) {
        return Integer.compareUnsigned(first, other.last) <= 0 && Integer.compareUnsigned(other.first, last) <= 0;
    }

    @Override
    public String toString() {
        final String from = Ipv4.describeAddress(first);
        return first == last ? from : from + "-" + Ipv4.describeAddress(last);
    }
}
