package org.portolan.dataplane.nat;

/**
 * One session as control saw it at one moment; filled by {@link SessionReader#snapshot} and reused by who owns it.
 * Addresses as {@link org.portolan.dataplane.memory.Memory#u32} reads them.
 */
public final class SessionRow {
    int index;
    int generation;
    int protocol;
    SessionState state = SessionState.FREE;
    int realm;
    int insideAddress;
    int insidePort;
    int outsideAddress;
    int outsidePort;
    int remoteAddress;
    int remotePort;
    boolean fromOutside;
    boolean hairpin;
    int insideInterface;
    int lastSeen;
    long bytesOut;
    long bytesIn;

    public int index() {
        return index;
    }

    public int generation() {
        return generation;
    }

    /** IP protocol number. */
    public int protocol() {
        return protocol;
    }

    public SessionState state() {
        return state;
    }

    public int realm() {
        return realm;
    }

    public int insideAddress() {
        return insideAddress;
    }

    /** Whether the outside opened it, on a forward or a mapping. */
    public boolean isFromOutside() {
        return fromOutside;
    }

    /** Whether its remote endpoint is an outside endpoint of this router: a half of a hairpin. */
    public boolean isHairpin() {
        return hairpin;
    }

    /** Index of the inside interface that its packets come from; a hint, as the worker changes it without a mark. */
    public int insideInterface() {
        return insideInterface;
    }

    /** Port, or the echo's identifier inside. */
    public int insidePort() {
        return insidePort;
    }

    public int outsideAddress() {
        return outsideAddress;
    }

    /** Port, or the echo's identifier outside. */
    public int outsidePort() {
        return outsidePort;
    }

    public int remoteAddress() {
        return remoteAddress;
    }

    /** 0 for an echo. */
    public int remotePort() {
        return remotePort;
    }

    /** How long ago the last refresh was, s; at least 0. */
    public int idleS(final int nowS) {
        return Math.max(0, LastSeen.idleS(lastSeen, nowS));
    }

    /** IPv4 bytes from inside to outside; at most a packet behind. */
    public long bytesOut() {
        return bytesOut;
    }

    /** IPv4 bytes from outside to inside; at most a packet behind. */
    public long bytesIn() {
        return bytesIn;
    }
}
