package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

/** Reads a session by its line's address, as a NAT's operator sees it; the fields are {@link SessionLayout}'s. */
final class SessionLine {
    private SessionLine() {}

    /** The addresses of a direction's flow. */
    static long addresses(final long line, final int direction) {
        return Memory.longAt(line + direction * SessionLayout.FLOW_BYTES);
    }

    /** The ports of a direction's flow. */
    static long ports(final long line, final int direction) {
        return Memory.longAt(line + direction * SessionLayout.FLOW_BYTES + SessionLayout.PORTS);
    }

    /** Whether a direction's flow is this one; of a free session neither is any packet's. */
    static boolean has(final long line, final int direction, final long addresses, final long ports) {
        final long flow = line + direction * SessionLayout.FLOW_BYTES;
        return Memory.longAt(flow) == addresses && Memory.longAt(flow + SessionLayout.PORTS) == ports;
    }

    /** Whether the outside opened the session, on a static rule or a mapping. */
    static boolean isFromOutside(final long line) {
        return Flow.isFromOutside(ports(line, Match.ORIGINAL));
    }

    /** Whether the session's remote endpoint is an outside endpoint of the router itself. */
    static boolean isHairpin(final long line) {
        return Flow.isHairpin(ports(line, Match.ORIGINAL)) || Flow.isHairpin(ports(line, Match.REPLY));
    }

    /** Direction of the packets that come from inside. */
    static int outbound(final long line) {
        return isFromOutside(line) ? Match.REPLY : Match.ORIGINAL;
    }

    static int protocol(final long line) {
        return Flow.protocol(ports(line, Match.ORIGINAL));
    }

    /** The inside realm. */
    static int realm(final long line) {
        return Flow.inside(Flow.realm(ports(line, Match.ORIGINAL)));
    }

    static int insideAddress(final long line) {
        return Flow.source(addresses(line, outbound(line)));
    }

    /** Port, or a query's identifier inside. */
    static int insidePort(final long line) {
        return Flow.sourcePort(ports(line, outbound(line)));
    }

    static int remoteAddress(final long line) {
        return Flow.destination(addresses(line, outbound(line)));
    }

    /** 0 for a query, which has none. */
    static int remotePort(final long line) {
        final long ports = ports(line, outbound(line));
        return Flow.protocol(ports) == Ipv4.ICMP ? 0 : Flow.destinationPort(ports);
    }

    static int outsideAddress(final long line) {
        return Flow.destination(addresses(line, outbound(line) ^ 1));
    }

    /** Port, or a query's identifier outside. */
    static int outsidePort(final long line) {
        return Flow.destinationPort(ports(line, outbound(line) ^ 1));
    }

    /** Whether the process that wrote it ended while it did. */
    static boolean isHalfWritten(final long line) {
        return (Memory.intAt(line + SessionLayout.GENERATION_OFFSET) & 1) != 0;
    }

    /** The session's {@link LastSeen} word. */
    static int lastSeen(final long line) {
        return Memory.intAt(line + SessionLayout.LAST_SEEN_OFFSET);
    }

    static int stateCode(final long line) {
        return LastSeen.stateCode(lastSeen(line));
    }

    /** Address of the byte counter of a direction. */
    static long bytes(final long line, final int direction) {
        return line + SessionLayout.ORIGINAL_BYTES_OFFSET + direction * Long.BYTES;
    }
}
