package org.portolan.control.view;

import org.portolan.control.config.Subnet;

/**
 * Which sessions are asked for; what is not said matches all.
 *
 * @param protocol the IPv4 header's number, or {@value #ANY}
 * @param source subnet of the inside host; 0.0.0.0/0 for any
 * @param destination subnet of the remote host; 0.0.0.0/0 for any
 * @param port inside, outside or remote port, or {@value #ANY}
 * @param state in lower case, or empty for any
 */
public record SessionFilter(int protocol, Subnet source, Subnet destination, int port, String state) {
    public static final int ANY = -1;

    /** Every address. */
    public static final Subnet EVERYWHERE = new Subnet(0, 0);

    /** Matches every session. */
    public static final SessionFilter ALL = new SessionFilter(ANY, EVERYWHERE, EVERYWHERE, ANY, "");

    /** Allocates nothing, so that a scan can ask before it makes a row. */
    public boolean matches(
            final int protocol,
            final String state,
            final int insideAddress,
            final int insidePort,
            final int outsidePort,
            final int remoteAddress,
            final int remotePort) {
        return (this.protocol == ANY || this.protocol == protocol)
                && source.contains(insideAddress)
                && destination.contains(remoteAddress)
                && (port == ANY || port == insidePort || port == outsidePort || port == remotePort)
                && (this.state.isEmpty() || this.state.equalsIgnoreCase(state));
    }

    public boolean matches(final LiveSession row) {
        return matches(
                row.protocol(),
                row.state(),
                row.insideAddress(),
                row.insidePort(),
                row.outsidePort(),
                row.remoteAddress(),
                row.remotePort());
    }
}
