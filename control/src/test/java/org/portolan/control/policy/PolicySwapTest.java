package org.portolan.control.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.control.expiry.OpeningTimer;
import org.portolan.control.expiry.SessionExpiry;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.CommandAdapter;
import org.portolan.dataplane.command.CommandHandler;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.memory.Slab;
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
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Udp;

/** Control's side of a change, with a worker that does what the ring says when the test wants it. */
class PolicySwapTest implements CommandHandler {
    private static final int SESSIONS = 4_096;
    private static final int CLIENT = 0xC0A8010A;
    private static final int SERVER = 0x08080808;
    private static final int FIRST = 0xCB007102;
    private static final int SECOND = 0xCB007103;
    private static final int RING_BYTES = 1 << 10;

    private final PolicyKeeper keeper = keeper();
    private final Nat nat = new Nat(keeper);
    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final CommandAdapter worker = new CommandAdapter(ring, this);
    private final Wakeup wakeup = new Wakeup();
    private final CommandProxy commands = new CommandProxy(ring, wakeup);
    private final Slab frame = Slab.allocate(64, "a packet");
    private final SessionExpiry expiry = new SessionExpiry(
            nat.reader(),
            commands,
            keeper.current().timeouts(),
            nat.counts()::sessions,
            new OpeningTimer(SESSIONS, keeper.current().timeouts(), Log.toStderr(Log.Level.ERROR)));
    private final PolicySwap swap =
            new PolicySwap(keeper, nat.reader(), commands, expiry, wakeup, Log.toStderr(Log.Level.ERROR));
    private long nowNs;
    private int rechecks;

    private static PolicyKeeper keeper() {
        final PolicyTerms first = terms(300, FIRST);
        return new PolicyKeeper(NatConfig.roomFor(NatSecrets.from(new Random(1)), SESSIONS, first), first);
    }

    private static PolicyTerms terms(final int udpS, final int... pool) {
        return new PolicyTerms(
                RouteTable.builder().add(0, 0, 1, 0).add(0xC0A80100, 24, 0, 0).build(),
                Set.of(1),
                List.of(new PolicyTerms.Pool(1, pool)),
                List.of(),
                OutsideLimits.defaults(SESSIONS),
                HostLimits.NONE,
                new Timeouts(udpS, 240, 7_440, 240, 60, 120, 10));
    }

    @AfterEach
    void close() {
        nat.close();
        wakeup.close();
        frame.close();
    }

    private int open(final int host, final int port) {
        Ipv4.putHeader(frame.address(), 28, 0, false, 64, Ipv4.UDP, host, SERVER);
        Udp.putHeader(frame.address() + 20, port, 53, 8, 0);
        final Packet packet = new Packet();
        assertThat(packet.parse(frame.address(), 28)).isZero();
        final int match = nat.openOutbound(packet, 0, 1, nat.hash(packet, 0), 0);
        assertThat(match).isNotNegative();
        nat.noteInterface(match, 0);
        return match;
    }

    private void adopt() {
        nat.adopt(keeper.exchange().observe());
        keeper.exchange().adopted(nat.policy());
    }

    /** Some passes of the sweep, the worker keeping up or not. */
    private void poll(final boolean workerRuns) {
        for (int slice = 0; slice < 500; slice++) {
            nowNs += 10_000_000L;
            swap.poll(nowNs);
            while (workerRuns && worker.poll() > 0) {
                assertThat(rechecks).isPositive();
            }
        }
    }

    @Test
    void shouldSweepOnlyWhenTheWorkerHasThePolicyAndThenSettle() {
        for (int port = 5000; port < 5500; port++) {
            open(CLIENT, port);
        }
        assertThat(swap.offer(terms(300, SECOND))).isTrue();
        poll(true);
        assertThat(rechecks).isZero();
        assertThat(swap.offer(terms(300, FIRST))).as("one after the other").isFalse();
        adopt();
        poll(true);
        assertThat(nat.counts().sessions()).isZero();
        assertThat(keeper.current().addresses().numberOf(FIRST))
                .as("it is drained, and left out")
                .isEqualTo(-1);
        assertThat(swap.isReady()).as("until the worker has adopted that").isFalse();
        adopt();
        poll(true);
        assertThat(swap.isSettled()).isTrue();
        assertThat(keeper.current().epoch()).isEqualTo(3);
    }

    @Test
    void shouldComeAgainForWhatAFullRingDidNotTake() {
        for (int host = 0; host < 200; host++) {
            open(CLIENT + host % 100, 5000 + host);
        }
        swap.offer(terms(300, SECOND));
        adopt();
        poll(false);
        assertThat(ring.size()).as("the ring is full").isGreaterThan(RING_BYTES - 64);
        assertThat(swap.isReady()).isFalse();
        poll(true);
        assertThat(nat.counts().sessions()).isZero();
        adopt();
        poll(true);
        assertThat(swap.isReady()).isTrue();
    }

    @Test
    void shouldTouchNoSessionThatIsStillAllowed() {
        for (int host = 0; host < 200; host++) {
            open(CLIENT + host % 100, 5000 + host);
        }
        swap.offer(terms(30, FIRST, SECOND));
        adopt();
        poll(true);
        assertThat(swap.isSettled()).isTrue();
        assertThat(rechecks).isZero();
        assertThat(nat.counts().sessions()).isEqualTo(200);
        assertThat(expiry.timeoutS(SessionState.UDP)).as("the new times").isEqualTo(30);
    }

    @Test
    void shouldFollowAnInsideHostToAnotherInterface() {
        final int match = open(CLIENT, 5000);
        nat.noteInterface(match, 7);
        swap.offer(terms(300, FIRST));
        adopt();
        poll(true);
        assertThat(nat.counts().sessions()).isOne();
        assertThat(nat.insideInterface(match)).isZero();
        assertThat(rechecks).isOne();
        assertThat(swap.isSettled()).isTrue();
    }

    @Test
    void shouldStayAsItIsWhenThereIsNoRoom() {
        final int[] pool = new int[100];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = FIRST + i;
        }
        assertThatThrownBy(() -> swap.offer(terms(300, pool))).hasMessageContaining("room for 64");
        assertThat(swap.isSettled()).isTrue();
        assertThat(swap.offer(terms(300, FIRST, SECOND))).isTrue();
    }

    @Override
    public void onRecheck(final int session, final int epoch) {
        rechecks++;
        nat.recheck(session, epoch, 0);
    }

    @Override
    public void onExpire(final int session, final int generation, final int lastSeenWord) {
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
