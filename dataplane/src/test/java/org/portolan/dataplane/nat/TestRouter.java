package org.portolan.dataplane.nat;

import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Packet;

/** A Nat as the pipeline drives it, with a clock of the test's own. */
final class TestRouter implements AutoCloseable {
    static final int OUTSIDE = TestPacket.ip("203.0.113.2");
    static final int REMOTE = TestPacket.ip("198.51.100.7");
    static final int OTHER_REMOTE = TestPacket.ip("198.51.100.8");
    static final int HOST = TestPacket.ip("192.168.1.10");
    static final int OTHER_HOST = TestPacket.ip("192.168.1.11");
    static final int REST_S = TestConfig.REST_S;

    final Nat nat;
    final TestPacket packet = new TestPacket();
    int nowS = 1000;

    /** The outside port that packets from inside leave by. */
    int egress;

    TestRouter(final NatConfig config) {
        nat = new Nat(config);
    }

    TestRouter(final TestConfig config) {
        this(config.build());
    }

    /** A forward takes at most 4 sessions. */
    static TestRouter withSessions(final int maxSessions, final NatConfig.Forward... forwards) {
        final OutsideLimits limits = new OutsideLimits(maxSessions, 4, maxSessions, 0);
        return new TestRouter(TestConfig.of(maxSessions, OUTSIDE).limits(limits).forwards(forwards));
    }

    /** The built packet from inside: its session, or the negative code of a reason. */
    int outbound() {
        return outbound(packet, false);
    }

    int outbound(final TestPacket tested, final boolean partial) {
        final Packet p = tested.parsed();
        final long hash = nat.hash(p, 0);
        int session = nat.findOutbound(p, 0, hash);
        if (session < 0) {
            session = nat.openOutbound(p, 0, egress, hash, nowS);
        }
        if (session >= 0) {
            nat.translateOutbound(session, p, partial, nowS);
        }
        return session;
    }

    /** The built packet from outside. */
    int inbound() {
        return inbound(packet, false);
    }

    int inbound(final TestPacket tested, final boolean partial) {
        final Packet p = tested.parsed();
        final long hash = nat.hash(p, 0);
        int session = nat.findInbound(p, 0, hash);
        if (session < 0) {
            session = nat.openForward(p, 0, hash, nowS);
        }
        if (session >= 0) {
            nat.translateInbound(session, p, partial, nowS);
        }
        return session;
    }

    static DropReason reason(final int code) {
        return code >= 0 ? DropReason.NONE : DropReason.ofCode(-code);
    }

    /** UDP from inside; the session or a reason. */
    int udp(final int host, final int port, final int remote, final int remotePort) {
        packet.udp(host, port, remote, remotePort);
        return outbound();
    }

    /** UDP from inside; the outside port it got. */
    int udpPort(final int host, final int port, final int remote, final int remotePort) {
        return nat.outsidePort(udp(host, port, remote, remotePort));
    }

    /** What control does when a session's timer is over. */
    boolean expire(final int session) {
        return nat.expire(session, nat.generation(session), lastSeen(session), nowS);
    }

    int lastSeen(final int session) {
        return nat.reader().lastSeenWord(session);
    }

    @Override
    public void close() {
        packet.close();
        nat.close();
    }
}
