package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;

/**
 * Mappings under address-and-port-dependent mapping (RFC 4787 section 4.1, RFC 7857 section 3): each session has one of
 * its own, and an outside port serves as many remote endpoints as there are, since the index tells their flows apart.
 * So an address serves a flow as long as one port has none with the same remote endpoint; the search is exact.
 *
 * <p>Tried in this order: the source port, if nobody has it or it is shared and its flows are with other remote
 * endpoints; any port of its class that nobody has; for a port below 1024 any higher one; any shared one. A port does
 * not rest: nobody else than the remote endpoint can send to it (RFC 6888 REQ-8).
 *
 * <p>Where rules and mappings of another behavior have most ports of an address, few are shared. Then the search looks
 * at {@value #LOOKS} of them and may miss one: it is exact only where its cost is spread over many sessions.
 *
 * <p>One worker uses it, through {@link SessionLife}.
 */
final class SharedMappings {
    private static final int PROBES = 64;
    private static final int LOOKS = 512;
    private static final int FIRST_HIGH = PortBlocks.BLOCK_PORTS;
    private static final int END = PortBlocks.LAST_PORT + 1;

    private final MappingTable mappings;
    private final MappingStore store;
    private final OutsidePorts ports;
    private final HostTable hosts;
    private final HotRemotes hot;

    SharedMappings(final MappingTable mappings, final SessionTable sessions) {
        this.mappings = mappings;
        store = mappings.store();
        ports = store.ports();
        hosts = store.hosts();
        hot = new HotRemotes(sessions);
    }

    /**
     * Makes the mapping of a packet's new session. {@link MappingTable#addSession} or {@link MappingTable#dropUnused}
     * has to follow.
     *
     * @param outer realm of the replies
     * @return the mapping, or the negative code of a reason as {@link MappingTable#findOrCreate}
     */
    int create(final Packet p, final int realm, final int outer, final int egress, final int nowS) {
        if (!mappings.hasPool(egress)) {
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        final int host = mappings.admitHost(p.source(), realm, nowS);
        if (host < 0) {
            return host;
        }
        final int number = hosts.pairedNumber(host, p.source(), realm, egress);
        final long addresses = Flow.addresses(p.destination(), mappings.outsideAddress(number));
        final long replyPorts = Flow.ports(outer, p.protocol(), p.destinationPort(), 0);
        final int port = ports.isWhole(number) ? -1 : takePort(number, addresses, replyPorts, p.sourcePort());
        if (port < 0) {
            hosts.removePort(host);
            return -DropReason.PORTS_EXHAUSTED.code;
        }
        if (!mappings.room().takeRecord(nowS)) {
            ports.freeUnshared(number, p.protocol(), port);
            hosts.removePort(host);
            return -DropReason.MAPPINGS_FULL.code;
        }
        return store.writeShared(p.source(), p.sourcePort(), p.protocol(), realm, host, number, port);
    }

    private int takePort(final int number, final long addresses, final long replyPorts, final int port) {
        final int protocol = Flow.protocol(replyPorts);
        final boolean privileged = OutsidePorts.isPrivileged(protocol, port);
        if (isFree(number, addresses, replyPorts, port)) {
            return port;
        }
        int picked = ports.takeLike(number, protocol, port);
        if (picked < 0 && privileged) {
            picked = ports.takeHigh(number, protocol, port);
        }
        if (picked >= 0) {
            return picked;
        }
        picked = privileged ? probe(number, addresses, replyPorts, 1, FIRST_HIGH) : -1;
        return picked >= 0 ? picked : share(number, addresses, replyPorts, protocol == Ipv4.ICMP ? 0 : FIRST_HIGH);
    }

    /** Whether a port is shared, and not with a flow of the same remote endpoint. */
    private boolean isFree(final int number, final long addresses, final long replyPorts, final int port) {
        return ports.mayShare(number, Flow.protocol(replyPorts), port) && !hot.isUsed(addresses, replyPorts, port);
    }

    /** Any shared port from one on. */
    private int share(final int number, final long addresses, final long replyPorts, final int first) {
        final int sharedPorts = ports.shared(number, Flow.protocol(replyPorts));
        if (sharedPorts == 0) {
            return -1;
        }
        final int port = probe(number, addresses, replyPorts, first, END);
        if (port >= 0) {
            return port;
        }
        return sharedPorts < HotRemotes.WORTH_A_BITMAP
                ? look(number, addresses, replyPorts, first)
                : search(number, addresses, replyPorts, first);
    }

    /** Looks at random ports, from one up to another (exclusive). */
    private int probe(final int number, final long addresses, final long replyPorts, final int first, final int end) {
        for (int i = 0; i < PROBES; i++) {
            final int port = first + ports.random(end - first);
            if (isFree(number, addresses, replyPorts, port)) {
                return port;
            }
        }
        return -1;
    }

    /** Looks at neighboring ports, from a random one on. */
    private int look(final int number, final long addresses, final long replyPorts, final int first) {
        int port = first + ports.random(END - first);
        for (int i = 0; i < LOOKS; i++) {
            if (isFree(number, addresses, replyPorts, port)) {
                return port;
            }
            port = port + 1 < END ? port + 1 : first;
        }
        return -1;
    }

    /** Looks at every port. */
    private int search(final int number, final long addresses, final long replyPorts, final int first) {
        final long[] used = hot.usedBy(addresses, replyPorts);
        for (int port = first; port < END; port++) {
            final long left = ~used[port >>> 6] >>> port;
            if (left == 0) {
                port |= Long.SIZE - 1;
            } else {
                port += Long.numberOfTrailingZeros(left);
                if (port < END && ports.mayShare(number, Flow.protocol(replyPorts), port)) {
                    return port;
                }
            }
        }
        return -1;
    }

    /** Follows a session from inside that begins or ends on a mapping of these. */
    void follow(final long line, final boolean begins) {
        hot.follow(SessionLine.addresses(line, Match.REPLY), SessionLine.ports(line, Match.REPLY), begins);
    }
}
