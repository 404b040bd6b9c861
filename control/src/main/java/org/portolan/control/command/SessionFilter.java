package org.portolan.control.command;

import java.util.Locale;
import org.portolan.control.config.Ipv4Text;
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

    static final Subnet EVERYWHERE = new Subnet(0, 0);

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

    public boolean matches(final SessionRow row) {
        return matches(
                row.protocol(),
                row.state(),
                row.insideAddress(),
                row.insidePort(),
                row.outsidePort(),
                row.remoteAddress(),
                row.remotePort());
    }

    static SessionFilter of(final Request request) throws UsageException {
        return new SessionFilter(
                protocol(request.option("proto")),
                subnet("src", request.option("src")),
                subnet("dst", request.option("dst")),
                request.number("port", 0, 65_535, ANY),
                request.option("state").toLowerCase(Locale.ROOT));
    }

    private static int protocol(final String word) throws UsageException {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "" -> ANY;
            case "icmp" -> 1;
            case "tcp" -> 6;
            case "udp" -> 17;
            default -> throw new UsageException("--proto %s: allowed: tcp, udp, icmp".formatted(word));
        };
    }

    /** ADDRESS or ADDRESS/PREFIX; host bits are passed over, as ip and nft do when they filter. */
    static Subnet subnet(final String name, final String text) throws UsageException {
        if (text.isEmpty()) {
            return EVERYWHERE;
        }
        final int slash = text.indexOf('/');
        final String address = slash < 0 ? text : text.substring(0, slash);
        final int prefixLength = slash < 0 ? 32 : Request.parse(text.substring(slash + 1), 0, 32);
        if (!Ipv4Text.isAddress(address) || prefixLength < 0) {
            throw new UsageException("--%s %s: allowed: ADDRESS or ADDRESS/PREFIX".formatted(name, text));
        }
        return Subnet.around(Ipv4Text.parse(address), prefixLength);
    }
}
