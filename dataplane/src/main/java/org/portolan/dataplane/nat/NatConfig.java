package org.portolan.dataplane.nat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.portolan.dataplane.wire.Ipv4;

/**
 * What a {@link Nat} is built from. Immutable but for {@code pool}, which nobody may change; control has checked
 * the operator's values before with file and line, so a wrong one here is a programming error and throws
 * {@link IllegalArgumentException}.
 *
 * @param hashSeed secret, new each start: flows are spread and ports are picked by it
 * @param maxSessions 1 to {@value #MAXIMUM_SESSIONS}
 * @param maxMappings 1 to {@value #MAXIMUM_SESSIONS}, forwards included; resting ones are kept in what live ones leave
 * @param pool outside addresses that dynamic mappings take, at least one, each once
 * @param portRestSeconds how long a freed port rests before another inside endpoint may get it (RFC 6888 REQ-8), 0
 *     to {@value #MAXIMUM_REST_SECONDS}
 * @param forwardMaxSessions sessions that one forward may have before it opens no further one from outside, 0 or more
 * @param forwards static port forwards; they belong to realm 0
 */
public record NatConfig(
        long hashSeed,
        int maxSessions,
        int maxMappings,
        int[] pool,
        int portRestSeconds,
        int forwardMaxSessions,
        List<Forward> forwards) {
    /** 16 GiB of session lines. */
    public static final int MAXIMUM_SESSIONS = 1 << 28;

    /** A day: the bound keeps sums of seconds in an int. */
    public static final int MAXIMUM_REST_SECONDS = 86_400;

    /**
     * A port of the outside bound to an inside endpoint for good.
     *
     * @param protocol {@link Ipv4#UDP} or {@link Ipv4#TCP}
     */
    public record Forward(int protocol, int externalAddress, int externalPort, int internalAddress, int internalPort) {
        public Forward {
            require(protocol == Ipv4.UDP || protocol == Ipv4.TCP, "forward protocol", protocol);
            require(externalPort >= 1 && externalPort <= 0xFFFF, "external port", externalPort);
            require(internalPort >= 1 && internalPort <= 0xFFFF, "internal port", internalPort);
        }
    }

    public NatConfig {
        require(maxSessions >= 1 && maxSessions <= MAXIMUM_SESSIONS, "maxSessions", maxSessions);
        require(maxMappings >= 1 && maxMappings <= MAXIMUM_SESSIONS, "maxMappings", maxMappings);
        require(portRestSeconds >= 0 && portRestSeconds <= MAXIMUM_REST_SECONDS, "portRestSeconds", portRestSeconds);
        require(forwardMaxSessions >= 0, "forwardMaxSessions", forwardMaxSessions);
        require(pool.length >= 1, "pool size", pool.length);
        forwards = List.copyOf(forwards);
        require(forwards.size() <= maxMappings, "forwards beyond maxMappings", forwards.size());
        final Set<Object> seen = new HashSet<>();
        for (final int address : pool) {
            if (!seen.add(address)) {
                throw new IllegalArgumentException("pool address twice: " + Ipv4.describeAddress(address));
            }
        }
        for (final Forward forward : forwards) {
            if (!seen.add(List.of(forward.protocol, forward.externalAddress, forward.externalPort))) {
                throw new IllegalArgumentException("external port forwarded twice: " + forward);
            }
        }
    }

    /** As many mappings as there may be sessions, and the forwards: the session table is full first. */
    public NatConfig(
            final long hashSeed,
            final int maxSessions,
            final int[] pool,
            final int portRestSeconds,
            final int forwardMaxSessions,
            final List<Forward> forwards) {
        this(
                hashSeed,
                maxSessions,
                Math.min(MAXIMUM_SESSIONS, maxSessions + forwards.size()),
                pool,
                portRestSeconds,
                forwardMaxSessions,
                forwards);
    }

    private static void require(final boolean right, final String what, final int value) {
        if (!right) {
            throw new IllegalArgumentException(what + " out of range: " + value);
        }
    }
}
