package org.portolan.dataplane.model;

/** Protocols by IANA's numbers, and how they are written. */
final class SpecProtocol {
    /** In the place of one: all of them, as the rule of a whole address has. */
    static final int EVERY = 0;

    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int GRE = 47;
    static final int ESP = 50;

    /** IPsec AH covers the addresses, so that it does not survive translation (RFC 3715 2.1a). */
    static final int AUTHENTICATION = 51;

    private SpecProtocol() {}

    /** Whether its packets have ports or an identifier, which are all that is translated beside the addresses. */
    static boolean hasPorts(final int protocol) {
        return protocol == UDP || protocol == TCP || protocol == ICMP;
    }

    static String name(final int protocol) {
        return switch (protocol) {
            case ICMP -> "icmp";
            case TCP -> "tcp";
            case UDP -> "udp";
            default -> "protocol-" + protocol;
        };
    }

    static int ofName(final String name) {
        return switch (name) {
            case "icmp" -> ICMP;
            case "tcp" -> TCP;
            case "udp" -> UDP;
            default -> Integer.parseInt(name.substring("protocol-".length()));
        };
    }

    /** Dotted quad. */
    static String address(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    static int ofAddress(final String text) {
        int address = 0;
        for (final String part : text.split("\\.", -1)) {
            address = address << 8 | Integer.parseInt(part);
        }
        return address;
    }
}
