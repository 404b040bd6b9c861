package org.portolan.dataplane.worker;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.forward.Transit;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Packet;

/**
 * Decides what happens to a packet that has no session, and why. Judging writes the plan into the packet's record and
 * changes nothing else, no table, counter or limit, and sends nothing. {@link Pipeline} acts on the verdict; a caller
 * that only wants to know it uses the same function.
 *
 * <p>The first row that fits counts:
 *
 * <table>
 * <caption>a packet without a session</caption>
 * <tr><th>from inside</th><th>verdict</th></tr>
 * <tr><td>the route to its source leads elsewhere</td><td>INSIDE_UNTRANSLATED</td></tr>
 * <tr><td>to an address of the router's; on one that sessions have, ping only</td><td>{@link #LOCAL}</td></tr>
 * <tr><td>to an address that sessions can have, and opens nothing by its kind, by the host's limits, or for a full
 * table</td><td>the reason</td></tr>
 * <tr><td>the same, and no forward or mapping is there</td><td>NO_MAPPING</td></tr>
 * <tr><td>the same, and no way to the inside host behind it</td><td>the plan's reason, {@link #WAIT}, or HAIRPIN</td>
 * </tr>
 * <tr><td>the same otherwise</td><td>{@link #OPEN_HAIRPIN}</td></tr>
 * <tr><td>to a subnet's broadcast address</td><td>BROADCAST_DESTINATION</td></tr>
 * <tr><td>no way out: route, TTL, link, MTU, neighbor</td><td>the plan's reason, or {@link #WAIT}</td></tr>
 * <tr><td>the way leads inside, or the destination is exempt</td><td>{@link #FORWARD_UNTRANSLATED}</td></tr>
 * <tr><td>opens nothing by its kind, by the host's limits, or for a full table</td><td>the reason</td></tr>
 * <tr><td>anything else</td><td>{@link #OPEN_DYNAMIC}</td></tr>
 * <tr><th>from outside</th><th></th></tr>
 * <tr><td>its source cannot be outside</td><td>MARTIAN_SOURCE</td></tr>
 * <tr><td>a query to an address of the router's outside</td><td>{@link #LOCAL}</td></tr>
 * <tr><td>to an address that is neither the router's outside nor one that sessions can have, from a network that is
 * not exempt, or to the router</td><td>OUTSIDE_UNTRANSLATED</td></tr>
 * <tr><td>the same from an exempt network, but not by the interface that leads back there</td>
 * <td>MARTIAN_SOURCE</td></tr>
 * <tr><td>the same to a subnet's broadcast address</td><td>BROADCAST_DESTINATION</td></tr>
 * <tr><td>the same otherwise</td><td>the plan's reason, {@link #WAIT}, or {@link #FORWARD_UNTRANSLATED}</td></tr>
 * <tr><td>no forward or mapping there, or the packet may not open a session on it</td><td>the reason</td></tr>
 * <tr><td>no way to the inside host behind it</td><td>the plan's reason, or {@link #WAIT}</td></tr>
 * <tr><td>beyond a limit of what the outside opens</td><td>the reason</td></tr>
 * <tr><td>anything else</td><td>{@link #OPEN_INBOUND}</td></tr>
 * </table>
 *
 * <p>An ICMP error is exempt when the packet that it quotes was sent to an exempt network, so path MTU discovery works.
 *
 * <p>So a session is the last thing that a packet takes, and one that cannot leave takes none. Opening can still fail
 * for what is only known by taking it: a port, a mapping, a place in an index.
 */
final class Admission {
    /** It could leave, but its next hop's MAC is not known yet. */
    static final int WAIT = Forwarder.UNRESOLVED;

    /** It is for the router itself. */
    static final int LOCAL = -2;

    /** It goes on as it is: from one inside network to another, or to or from an exempt one. */
    static final int FORWARD_UNTRANSLATED = -3;

    /** It opens a session from inside. */
    static final int OPEN_DYNAMIC = -4;

    /** It opens a session from outside, on a forward or a mapping. */
    static final int OPEN_INBOUND = -5;

    /** It opens the first half of a hairpin. */
    static final int OPEN_HAIRPIN = -6;

    private final Nat nat;
    private final Forwarder forwarder;
    private final IngressFilter filter;

    Admission(final Nat nat, final Forwarder forwarder, final IngressFilter filter) {
        this.nat = nat;
        this.forwarder = forwarder;
        this.filter = filter;
    }

    /**
     * Judges a packet for which the look-up found no session.
     *
     * @return one of the constants here, or the code of a {@link DropReason}
     */
    int judge(final Transit transit, final int nowS) {
        return transit.ingress().isOutside() ? fromOutside(transit, nowS) : fromInside(transit, nowS);
    }

    private int fromInside(final Transit transit, final int nowS) {
        final Port ingress = transit.ingress();
        final Packet packet = transit.packet();
        final int reason = filter.inside(ingress, packet.sender());
        if (reason != 0) {
            return reason;
        }
        final int destination = packet.receiver();
        final boolean translated = nat.ownsOutside(destination);
        if (filter.isOwn(destination) && (!translated || packet.kind() == Packet.KIND_QUERY)) {
            return LOCAL;
        }
        if (translated) {
            return hairpin(transit, nowS);
        }
        if (filter.isBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION.code;
        }
        final int plan = forwarder.plan(transit, destination);
        if (plan != 0) {
            return plan;
        }
        final Port egress = transit.egress();
        if (!egress.isOutside() || nat.isExempt(destination)) {
            return FORWARD_UNTRANSLATED;
        }
        final int refusal = nat.refusalOutbound(packet, ingress.realm(), egress.index(), nowS);
        return refusal != 0 ? refusal : OPEN_DYNAMIC;
    }

    /** As if it went out and came back in; whether the other host's filter lets it in shows when its half is open. */
    private int hairpin(final Transit transit, final int nowS) {
        final Packet packet = transit.packet();
        final int realm = transit.ingress().realm();
        final int egress = nat.egressOf(packet.receiver());
        final int refusal = nat.refusalOutbound(packet, realm, egress, nowS);
        if (refusal != 0) {
            return refusal;
        }
        final int way = nat.wayInAt(packet.destination(), packet.destinationPort(), packet.protocol(), realm);
        if (way < 0) {
            return -way;
        }
        final int plan = forwarder.plan(transit, nat.leadsTo(way));
        if (plan != 0) {
            return plan;
        }
        return nat.hasPool(egress) && !transit.egress().isOutside() ? OPEN_HAIRPIN : DropReason.HAIRPIN.code;
    }

    private int fromOutside(final Transit transit, final int nowS) {
        final Packet packet = transit.packet();
        final int reason = filter.outside(packet.sender());
        if (reason != 0) {
            return reason;
        }
        final int destination = packet.receiver();
        final boolean own = filter.isOwnOutside(destination);
        if (own && packet.kind() == Packet.KIND_QUERY) {
            return LOCAL;
        }
        if (!own && !nat.ownsOutside(destination)) {
            return nat.isExempt(packet.source()) && !filter.isOwn(destination)
                    ? fromExempt(transit, destination)
                    : DropReason.OUTSIDE_UNTRANSLATED.code;
        }
        final int way = nat.findInbound(packet, transit.ingress().realm());
        if (way < 0) {
            return -way;
        }
        final int plan = forwarder.plan(transit, nat.leadsTo(way));
        if (plan != 0) {
            return plan;
        }
        final int refusal = nat.refusalInbound(packet, way, nowS);
        return refusal != 0 ? refusal : OPEN_INBOUND;
    }

    /** The flow's source is the exempt one, in an ICMP error too: there it is the quoted packet's destination. */
    private int fromExempt(final Transit transit, final int destination) {
        final int reason = filter.exempt(transit.ingress(), transit.packet().source());
        if (reason != 0) {
            return reason;
        }
        if (filter.isBroadcast(destination)) {
            return DropReason.BROADCAST_DESTINATION.code;
        }
        final int plan = forwarder.plan(transit, destination);
        return plan != 0 ? plan : FORWARD_UNTRANSLATED;
    }
}
