package org.portolan.bench.traffic;

import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.wire.Ipv4;

/**
 * IPv4 addresses in a row, such as a NAT's pool.
 *
 * @param first the lowest
 * @param count at least 1
 */
public record AddressBlock(int first, int count) {
    public AddressBlock {
        if (count < 1 || (first & 0xFFFF_FFFFL) + count > 1L << 32) {
            throw new LabException("no range of %d addresses from %s".formatted(count, Ipv4.describeAddress(first)));
        }
    }

    /** {@code 203.0.113.2} or {@code 203.0.113.8-203.0.113.15}, as the router's config has it. */
    public static AddressBlock of(final String text) {
        final int dash = text.indexOf('-');
        final int first = address(dash < 0 ? text : text.substring(0, dash));
        final int last = dash < 0 ? first : address(text.substring(dash + 1));
        final long count = (last & 0xFFFF_FFFFL) - (first & 0xFFFF_FFFFL) + 1;
        if (count < 1 || count > Integer.MAX_VALUE) {
            throw new LabException("not a range of addresses: " + text);
        }
        return new AddressBlock(first, (int) count);
    }

    /** Of a dotted quad. */
    public static int address(final String dotted) {
        final String[] octets = dotted.split("\\.", -1);
        int address = 0;
        for (final String octet : octets) {
            if (octets.length != 4 || !octet.matches("\\d{1,3}") || Integer.parseInt(octet) > 255) {
                throw new LabException("not an IPv4 address: " + dotted);
            }
            address = address << 8 | Integer.parseInt(octet);
        }
        return address;
    }

    public boolean contains(final int address) {
        return indexOf(address) < count && indexOf(address) >= 0;
    }

    /** 0 for the first; negative or at least {@link #count} for an address outside. */
    int indexOf(final int address) {
        return address - first;
    }

    /** As nft(8) reads it. */
    @Override
    public String toString() {
        final String from = Ipv4.describeAddress(first);
        return count == 1 ? from : from + "-" + Ipv4.describeAddress(first + count - 1);
    }
}
