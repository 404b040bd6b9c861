package org.portolan.control.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.CommandAdapter;
import org.portolan.dataplane.command.CommandHandler;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Match;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.nat.SessionState;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Timeouts;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Udp;

/** Control's scan and the worker's side of it, on a clock of the test's own. */
class SessionExpiryTest implements CommandHandler {
    private static final int UDP_S = 300;
    private static final int INCOMING_S = 10;
    private static final int CLIENT = 0xC0A8010A;
    private static final int SERVER = 0x08080808;
    private static final int RING_BYTES = 1 << 10;
    private static final int SESSIONS = 4_096;

    private static final Timeouts TIMEOUTS = new Timeouts(UDP_S, 240, 7_440, 240, 60, 120, INCOMING_S);
    private static final PolicyTerms TERMS = new PolicyTerms(
            RouteTable.builder().build(),
            Set.of(1),
            List.of(new PolicyTerms.Pool(1, 0xCB007102)),
            List.of(new PolicyTerms.Forward(1, Ipv4.UDP, 0xCB007102, 5353, CLIENT, 53)),
            OutsideLimits.defaults(4_096),
            HostLimits.NONE,
            TIMEOUTS);

    private final Nat nat =
            new Nat(new PolicyKeeper(NatConfig.roomFor(NatSecrets.from(new Random(1)), 4_096, TERMS), TERMS));
    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final CommandAdapter worker = new CommandAdapter(ring, this);
    private final Wakeup wakeup = new Wakeup();
    private final Slab frame = Slab.allocate(64, "a packet");
    private int live = -1;
    private final SessionExpiry expiry = new SessionExpiry(
            nat.reader(),
            new CommandProxy(ring, wakeup),
            TIMEOUTS,
            () -> live < 0 ? nat.counts().sessions() : live,
            new OpeningTimer(SESSIONS, TIMEOUTS, Log.toStderr(Log.Level.ERROR)));
    private long nowNs;
    private int nowS;

    @AfterEach
    void close() {
        nat.close();
        wakeup.close();
        frame.close();
    }

    /** One UDP packet from an inside port, as the worker would see it. */
    private void send(final int port) {
        send(port, 53);
    }

    private void send(final int port, final int remotePort) {
        final Packet packet = udp(CLIENT, port, SERVER, remotePort);
        final long hash = nat.hash(packet, 0);
        int match = nat.find(packet, 0, hash);
        if (match < 0) {
            match = nat.openOutbound(packet, 0, 1, hash, nowS);
        }
        assertThat(match).isNotNegative();
        nat.translate(match, nat.target(match), packet, false, nowS);
    }

    private Packet udp(final int source, final int sourcePort, final int destination, final int destinationPort) {
        Ipv4.putHeader(frame.address(), 28, 0, false, 64, Ipv4.UDP, source, destination);
        Udp.putHeader(frame.address() + 20, sourcePort, destinationPort, 8, 0);
        final Packet packet = new Packet();
        assertThat(packet.parse(frame.address(), 28)).isZero();
        return packet;
    }

    /** An outside host's first packet to the forward, from one of its ports. */
    private void call(final int port) {
        final Packet packet = udp(SERVER, port, 0xCB007102, 5353);
        final int realm = Flow.outside(0);
        assertThat(nat.openInbound(packet, realm, nat.hash(packet, realm), nowS))
                .isNotNegative();
    }

    private void answer(final int port) {
        final Packet packet = udp(CLIENT, 53, SERVER, port);
        final int match = nat.find(packet, 0, nat.hash(packet, 0));
        nat.translate(match, nat.target(match), packet, false, nowS);
    }

    /** Two whole passes, the worker keeping up or not. */
    private void scan(final boolean workerRuns) {
        for (int slice = 0; slice < 200; slice++) {
            nowNs += 10_000_000L;
            expiry.poll(nowNs, nowS);
            while (workerRuns && worker.poll() > 0) {
                assertThat(nowS).isPositive();
            }
        }
    }

    @Test
    void shouldEndASessionWhenItsTimerIsOverAndNotBefore() {
        send(5000);
        nowS = UDP_S - 1;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(1);
        nowS = UDP_S;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    @Test
    void shouldEndASoonForgottenCallFromOutsideAndKeepAnAnsweredOne() {
        call(7000);
        call(7001);
        answer(7001);
        nowS = INCOMING_S - 1;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(2);
        nowS = INCOMING_S;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(1);
        nowS = UDP_S;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    /** After eight and a half years without a reboot the seconds of the records begin again. */
    @Test
    void shouldEndASessionAcrossTheWrapOfItsSeconds() {
        final int wrapS = 1 << 28;
        nowS = wrapS - 100;
        send(5000);
        nowS = wrapS + UDP_S - 101;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(1);
        nowS++;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    /** RFC 5382 REQ-5, RFC 5508 REQ-2, RFC 7857 section 2.1. */
    @Test
    void shouldHaveATimerForEachStateOfASession() {
        assertThat(expiry.timeoutS(SessionState.UDP)).isEqualTo(UDP_S);
        assertThat(expiry.timeoutS(SessionState.TCP_OPENING)).isEqualTo(240);
        assertThat(expiry.timeoutS(SessionState.TCP_ESTABLISHED)).isEqualTo(7_440);
        assertThat(expiry.timeoutS(SessionState.TCP_CLOSING)).isEqualTo(240);
        assertThat(expiry.timeoutS(SessionState.TCP_CLOSED)).isEqualTo(240);
        assertThat(expiry.timeoutS(SessionState.ICMP)).isEqualTo(60);
        assertThat(expiry.timeoutS(SessionState.UDP_INCOMING)).isEqualTo(INCOMING_S);
        assertThat(expiry.timeoutS(SessionState.TCP_INCOMING)).isEqualTo(INCOMING_S);
        final int ping = query(7);
        assertThat(expiry.remainingS(nat.reader().lastSeenWord(ping), 59)).isEqualTo(1);
        nowS = 59;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(1);
        nowS = 60;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    /** The session of a ping from inside. */
    private int query(final int identifier) {
        final long icmp = frame.address() + 20;
        Ipv4.putHeader(frame.address(), 28, 0, false, 64, Ipv4.ICMP, CLIENT, SERVER);
        Icmp.putHeader(icmp, Icmp.ECHO_REQUEST, 0, identifier << 16);
        Icmp.putChecksum(icmp, InternetChecksum.of(icmp, 8));
        final Packet packet = new Packet();
        assertThat(packet.parse(frame.address(), 28)).isZero();
        final int match = nat.openOutbound(packet, 0, 1, nat.hash(packet, 0), nowS);
        assertThat(match).isNotNegative();
        nat.translate(match, nat.target(match), packet, false, nowS);
        return Match.session(match);
    }

    private static Timeouts withPorts(final Map<Integer, Integer> udpPortsS) {
        return new Timeouts(UDP_S, 240, 7_440, 240, 60, 120, INCOMING_S, 10, udpPortsS);
    }

    /** RFC 4787 REQ-5a: the port that the opener sent to decides. */
    @Test
    void shouldGiveAUdpPortATimerOfItsOwnRfc4787Req5a() {
        expiry.adopt(withPorts(Map.of(53, 30, 500, 600)));
        send(5000, 53);
        send(5001, 123);
        send(53, 124);
        send(5003, 500);
        nowS = 29;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(4);
        nowS = 30;
        scan(true);
        assertThat(nat.counts().sessions()).as("the one to port 53").isEqualTo(3);
        nowS = UDP_S;
        scan(true);
        assertThat(nat.counts().sessions())
                .as("the one with a longer timer is left")
                .isEqualTo(1);
        nowS = 600;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
        assertThat(expiry.timeoutS(SessionState.UDP, 53)).isEqualTo(30);
        assertThat(expiry.timeoutS(SessionState.UDP, 54)).isEqualTo(UDP_S);
        assertThat(expiry.timeoutS(SessionState.TCP_OPENING, 53)).isEqualTo(240);
    }

    /** A resolver outside whose source port is 53 on a forward of another port. */
    @Test
    void shouldTakeTheForwardsPortForTheDestinationOfAnOutsideHost() {
        expiry.adopt(withPorts(Map.of(53, 20, 5353, 40)));
        call(53);
        answer(53);
        nowS = 39;
        scan(true);
        assertThat(nat.counts().sessions()).isEqualTo(1);
        nowS = 40;
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    @Test
    void shouldShortenTheTimersOfUnansweredSessionsAlone() {
        live = SESSIONS;
        nowS = 1;
        scan(true);
        for (final SessionState state : SessionState.values()) {
            final int expected = switch (state) {
                case FREE -> 0;
                case UDP -> UDP_S;
                case TCP_OPENING, UDP_INCOMING, TCP_INCOMING, INCOMING -> 10;
                case TCP_ESTABLISHED -> 7_440;
                case TCP_CLOSING, TCP_CLOSED -> 240;
                case ICMP -> 60;
                case OTHER -> 600;
            };
            assertThat(expiry.timeoutS(state)).as(state.name()).isEqualTo(expected);
        }
        live = 0;
        scan(true);
        assertThat(expiry.timeoutS(SessionState.TCP_OPENING)).isEqualTo(240);
    }

    @Test
    void shouldEndSessionsByTheTimesOfANewPolicy() {
        send(5000);
        nowS = 30;
        expiry.adopt(new Timeouts(30, 240, 7_440, 240, 60, 120, INCOMING_S));
        scan(true);
        assertThat(nat.counts().sessions()).isZero();
    }

    @Test
    void shouldLeaveASessionThatWasUsedBetweenTheScanAndTheCommand() {
        send(5000);
        nowS = UDP_S;
        scan(false);
        send(5000);
        while (worker.poll() > 0) {
            assertThat(nowS).isEqualTo(UDP_S);
        }
        assertThat(nat.counts().sessions()).isEqualTo(1);
    }

    @Test
    void shouldComeAgainForWhatAFullRingDidNotTake() {
        for (int port = 5000; port < 5500; port++) {
            send(port);
        }
        nowS = UDP_S + 1;
        scan(false);
        assertThat(ring.size()).as("the ring is full").isGreaterThan(RING_BYTES - 64);
        for (int pass = 0; pass < 20; pass++) {
            scan(true);
        }
        assertThat(nat.counts().sessions()).isZero();
    }

    @Override
    public void onExpire(final int session, final int generation, final int lastSeenWord) {
        nat.expire(session, generation, lastSeenWord, nowS);
    }

    @Override
    public void onRecheck(final int session, final int epoch) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onLink(final int port, final boolean up, final int mtu, final long mac) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onReplaceIo(final int port) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onSwapLatency() {
        throw new AssertionError("nobody asked");
    }
}
