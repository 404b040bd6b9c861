package org.portolan.bench.micro;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Match;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.Timeouts;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * Numbered flows from a routed inside network (10.0.0.0/8) to the benchmark network of RFC 2544 (198.18.0.0/15): 63
 * flows an inside host (RFC 9693's ladder), each from a port of its own that looks random (RFC 4814), and so each
 * with a mapping of its own. A flow is a few arithmetic steps from its number; none is stored.
 *
 * @param count flows, numbered from 0
 */
record NumberedFlows(int count, Transport transport) {
    /** A frame of the least length on the wire: 64 bytes, of which the device keeps the last four. */
    static final int FRAME_BYTES = Ethernet.MINIMUM_FRAME_BYTES;

    /** From one laid down frame to the next, bytes. */
    static final int STRIDE = Memory.CACHE_LINE_BYTES;

    /** Index of {@link InMemoryRouter}'s outside port. */
    static final int EGRESS = 1;

    /** Realm of the packets from inside. */
    static final int INSIDE_REALM = 0;

    /** Realm of the packets from outside. */
    static final int OUTSIDE_REALM = Flow.outside(INSIDE_REALM);

    /** Port of every remote endpoint. */
    static final int REMOTE_PORT = 443;

    /** A remote port that no flow uses: with it in a packet, the packet is of no session. */
    static final int UNUSED_PORT = 444;

    static final long LAN_MAC = 0x0200_0000_0001L;
    static final long WAN_MAC = 0x0200_0000_0002L;
    static final long NEIGHBOR_MAC = 0x0200_0000_00AAL;

    private static final int INSIDE = 0x0A00_0000;
    private static final int REMOTE = 0xC612_0000;
    private static final int REMOTE_MASK = 0x1_FFFF;
    private static final int OUTSIDE = 0xCB00_7110;

    private static final int FLOWS_EACH_HOST = 63;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 64_512;
    private static final int PORT_STRIDE = 1009;

    /** Half of an address's ports: hosts are spread over addresses by a hash, which is never quite even. */
    private static final int FLOWS_EACH_ADDRESS = 32_768;

    private static final int PORT_REST_S = 120;
    private static final int IP_BYTES = FRAME_BYTES - Ethernet.HEADER_BYTES;

    private static int mixed(final int value) {
        return (int) ((value + 1) * 0x9E37_79B9_7F4A_7C15L >>> 32);
    }

    static int insideAddress(final int flow) {
        return INSIDE + 1 + flow / FLOWS_EACH_HOST;
    }

    static int insidePort(final int flow) {
        final int first = Integer.remainderUnsigned(mixed(flow / FLOWS_EACH_HOST), PORTS);
        return FIRST_PORT + (first + flow % FLOWS_EACH_HOST * PORT_STRIDE) % PORTS;
    }

    static int remoteAddress(final int flow) {
        return REMOTE + (mixed(flow) & REMOTE_MASK);
    }

    /** A table of this many sessions with as many outside addresses as the flows need. */
    Nat nat(final int maxSessions) {
        final int[] pool = new int[(count + FLOWS_EACH_ADDRESS - 1) / FLOWS_EACH_ADDRESS];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = OUTSIDE + i;
        }
        final PolicyTerms terms = new PolicyTerms(
                InMemoryRouter.routes(),
                Set.of(EGRESS),
                List.of(new PolicyTerms.Pool(EGRESS, pool)),
                List.of(),
                OutsideLimits.defaults(maxSessions),
                new HostLimits(
                        HostLimits.defaultSessions(maxSessions),
                        HostLimits.UNLIMITED,
                        HostLimits.UNLIMITED,
                        HostLimits.UNLIMITED),
                Timeouts.defaults(PORT_REST_S));
        final NatSecrets secrets = NatSecrets.from(new SplittableRandom(42));
        return new Nat(new PolicyKeeper(NatConfig.roomFor(secrets, maxSessions, terms), terms));
    }

    /** Opens the session of every flow in a new table, at second 0; a session's number is its flow's. */
    void open(final Nat nat) {
        final Packet packet = new Packet();
        try (Slab frame = Slab.allocate(STRIDE, "a frame")) {
            for (int flow = 0; flow < count; flow++) {
                writeOutbound(frame.address(), flow, REMOTE_PORT);
                parse(packet, frame.address());
                final int match = nat.openOutbound(packet, INSIDE_REALM, EGRESS, nat.hash(packet, INSIDE_REALM), 0);
                final int session = Match.session(match);
                require(session == flow, "flow %d got session %d", flow, session);
                nat.translate(match, nat.target(match), packet, false, 0);
                // An answer, as a TCP session is established only when both sides have acknowledged.
                writeInbound(frame.address(), nat, flow, REMOTE_PORT);
                parse(packet, frame.address());
                final long hash = nat.hash(packet, OUTSIDE_REALM);
                final int reply = nat.find(packet, OUTSIDE_REALM, hash);
                nat.translate(reply, nat.target(reply), packet, false, 0);
            }
        }
    }

    /** One frame of each flow in random order, {@link #STRIDE} apart, as they come from inside. */
    Slab outboundFrames(final int remotePort) {
        final Slab frames = Slab.allocate((long) count * STRIDE, "frames from inside");
        final int[] order = randomOrder();
        for (int i = 0; i < count; i++) {
            writeOutbound(frames.address() + (long) i * STRIDE, order[i], remotePort);
        }
        return frames;
    }

    /** One frame of each opened flow in random order, {@link #STRIDE} apart, as they come from outside. */
    Slab inboundFrames(final Nat nat, final int remotePort) {
        final Slab frames = Slab.allocate((long) count * STRIDE, "frames from outside");
        final int[] order = randomOrder();
        for (int i = 0; i < count; i++) {
            writeInbound(frames.address() + (long) i * STRIDE, nat, order[i], remotePort);
        }
        return frames;
    }

    Slab frames(final FlowDirection direction, final Nat nat, final int remotePort) {
        return direction == FlowDirection.OUTBOUND ? outboundFrames(remotePort) : inboundFrames(nat, remotePort);
    }

    private int[] randomOrder() {
        final SplittableRandom random = new SplittableRandom(42);
        final int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            final int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private void writeOutbound(final long frame, final int flow, final int remotePort) {
        Ethernet.putHeader(frame, LAN_MAC, NEIGHBOR_MAC, Ethernet.TYPE_IPV4);
        writePacket(frame, insideAddress(flow), insidePort(flow), remoteAddress(flow), remotePort);
    }

    private void writeInbound(final long frame, final Nat nat, final int session, final int remotePort) {
        final SessionRow row = new SessionRow();
        require(nat.reader().snapshot(session, row), "flow %d has no session", session);
        Ethernet.putHeader(frame, WAN_MAC, NEIGHBOR_MAC, Ethernet.TYPE_IPV4);
        writePacket(frame, row.remoteAddress(), remotePort, row.outsideAddress(), row.outsidePort());
    }

    private void writePacket(
            final long frame,
            final int source,
            final int sourcePort,
            final int destination,
            final int destinationPort) {
        final long ip = frame + Ethernet.HEADER_BYTES;
        final long transportHeader = ip + Ipv4.HEADER_BYTES;
        final int length = IP_BYTES - Ipv4.HEADER_BYTES;
        Memory.zero(transportHeader, length);
        Ipv4.putHeader(ip, IP_BYTES, 1, true, 64, transport.number, source, destination);
        if (transport == Transport.UDP) {
            Udp.putHeader(transportHeader, sourcePort, destinationPort, length, 0);
        } else {
            Tcp.putSourcePort(transportHeader, sourcePort);
            Tcp.putDestinationPort(transportHeader, destinationPort);
            Memory.putU8(transportHeader + Tcp.DATA_OFFSET_OFFSET, Tcp.HEADER_BYTES / 4 << 4);
            Memory.putU8(transportHeader + Tcp.FLAGS_OFFSET, Tcp.ACK);
        }
        final int checksum =
                InternetChecksum.ofTransport(transportHeader, length, source, destination, transport.number);
        if (transport == Transport.UDP) {
            Udp.putChecksum(transportHeader, checksum == 0 ? 0xFFFF : checksum);
        } else {
            Tcp.putChecksum(transportHeader, checksum);
        }
    }

    /** Parses a laid down frame's packet, which is whole. */
    static void parse(final Packet packet, final long frame) {
        if (packet.parse(frame + Ethernet.HEADER_BYTES, IP_BYTES) != 0) {
            throw new IllegalStateException("a laid down frame is refused");
        }
    }

    /** Whether every checksum in a frame of this kind is right, translated or not. */
    static boolean isRight(final long frame) {
        final long ip = frame + Ethernet.HEADER_BYTES;
        final int length = IP_BYTES - Ipv4.HEADER_BYTES;
        return InternetChecksum.of(ip, Ipv4.HEADER_BYTES) == 0
                && InternetChecksum.ofTransport(
                                ip + Ipv4.HEADER_BYTES,
                                length,
                                Ipv4.source(ip),
                                Ipv4.destination(ip),
                                Ipv4.protocol(ip))
                        == 0;
    }

    /** A benchmark that does not do its work would be fast. */
    static void require(final boolean held, final String otherwise, final Object... values) {
        if (!held) {
            throw new IllegalStateException(otherwise.formatted(values));
        }
    }
}
