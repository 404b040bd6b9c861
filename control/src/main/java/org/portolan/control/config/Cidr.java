package org.portolan.control.config;

import java.util.Optional;
import org.portolan.dataplane.wire.Ipv4;

/**
 * ADDRESS/PREFIX as written: the address may have host bits, which an interface needs and a route may not have.
 *
 * @param prefixLength 0 to 32
 */
record Cidr(int address, int prefixLength) {

    /** @param form what is allowed here, for the error message */
    static Optional<Cidr> read(final Item<String> item, final String form) {
        final String text = item.value();
        final int slash = text.indexOf('/');
        if (slash < 0) {
            item.problem(
                    Ipv4Text.isAddress(text) ? "the prefix length is missing" : "not an address and a prefix length",
                    form);
            return Optional.empty();
        }
        final String address = text.substring(0, slash);
        if (!Ipv4Text.isAddress(address)) {
            item.problem(
                    address.indexOf(':') >= 0 ? "IPv6 is not supported yet" : "not an IPv4 address before the /", form);
            return Optional.empty();
        }
        final int prefixLength = prefixLength(text.substring(slash + 1));
        if (prefixLength < 0) {
            item.problem("not a prefix length after the /", "/0 to /32");
            return Optional.empty();
        }
        return Optional.of(new Cidr(Ipv4Text.parse(address), prefixLength));
    }

    /** A subnet, so without host bits. */
    static Optional<Subnet> readSubnet(final Item<String> item, final String form) {
        return read(item, form).flatMap(cidr -> cidr.subnet(item));
    }

    /** The subnet, or a problem when there are host bits. */
    Optional<Subnet> subnet(final Item<String> item) {
        final Subnet subnet = Subnet.around(address, prefixLength);
        if (subnet.network() != address) {
            item.problem(
                    Ipv4.describeAddress(address) + " has bits set beyond the prefix",
                    "the subnet's lowest address, did you mean \"" + subnet + "\"?");
            return Optional.empty();
        }
        return Optional.of(subnet);
    }

    /** 0 to 32, or -1. */
    private static int prefixLength(final String text) {
        final boolean digits =
                !text.isEmpty() && text.length() <= 2 && text.chars().allMatch(c -> Ipv4Text.isDigit((char) c));
        if (!digits || text.length() == 2 && text.charAt(0) == '0') {
            return -1;
        }
        final int value = Integer.parseInt(text);
        return value <= 32 ? value : -1;
    }
}
