package org.portolan.control.history.peer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where a connection comes from, as far as one client cannot choose it: an IPv4 address, or the 64 bits of an IPv6
 * address that name a link. A host takes as many addresses of its link as it likes.
 *
 * @param prefix in hex
 * @param isLocal whether it is this machine, where the ends of tunnels are: many clients may come from there
 */
record Origin(String prefix, boolean isLocal) {
    private static final int LINK_BYTES = 8;

    static Origin of(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        final byte[] prefix = address instanceof Inet6Address && !address.isLoopbackAddress()
                ? Arrays.copyOf(bytes, LINK_BYTES)
                : bytes;
        return new Origin(HexFormat.of().formatHex(prefix), address.isLoopbackAddress());
    }
}
