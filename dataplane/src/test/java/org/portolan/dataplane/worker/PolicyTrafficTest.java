package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OtherProtocols;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** Policies change while frames run through a whole worker: every frame has its end, and follows a policy. */
class PolicyTrafficTest {
    private static final int SESSIONS = 5_000;
    private static final int ROUNDS = 300;
    private static final int SWAPS = 150;
    private static final int OTHER = WorkerRig.POOL + 1;
    private static final int THIRD = WorkerRig.POOL + 2;
    private static final int NEW_TARGET = WorkerRig.CLIENT + 1;

    private final WorkerRig rig = new WorkerRig(SESSIONS, SESSIONS, SESSIONS);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private final Wakeup wakeup = new Wakeup();
    private final CommandProxy commands = new CommandProxy(rig.command, wakeup);
    private final List<PolicyTerms> terms = terms();
    private final SessionRow row = new SessionRow();

    @AfterEach
    void close() {
        inside.close();
        outside.close();
        rig.close();
        wakeup.close();
    }

    private static PolicyTerms.Forward forward(final int protocol, final int outside, final int port, final int to) {
        return new PolicyTerms.Forward(1, protocol, outside, port, to, 80);
    }

    private static RouteTable routes(final boolean withRoutedHosts) {
        final RouteTable.Builder routes = RouteTable.builder()
                .add(WorkerRig.ip(192, 168, 1, 0), 24, 0, 0)
                .add(WorkerRig.ip(203, 0, 113, 0), 24, 1, 0)
                .add(WorkerRig.ip(10, 9, 0, 0), 16, 2, 0)
                .add(0, 1, 1, WorkerRig.GATEWAY);
        if (withRoutedHosts) {
            routes.add(WorkerRig.ip(10, 20, 0, 0), 16, 0, WorkerRig.INSIDE_ROUTER);
        }
        return routes.build();
    }

    private PolicyTerms terms(
            final RouteTable routes, final int restS, final List<PolicyTerms.Forward> forwards, final int... pool) {
        return new PolicyTerms(
                routes,
                Set.of(1),
                List.of(new PolicyTerms.Pool(1, pool)),
                forwards,
                new OutsideLimits(SESSIONS, SESSIONS, SESSIONS, 0),
                HostLimits.NONE,
                Timeouts.defaults(restS));
    }

    private List<PolicyTerms> terms() {
        return List.of(
                rig.keeper.current().terms(),
                terms(routes(true), 1, WorkerRig.FORWARDS, WorkerRig.POOL, OTHER),
                terms(routes(true), 0, List.of(forward(Ipv4.TCP, OTHER, 8080, WorkerRig.CLIENT)), OTHER, THIRD),
                terms(routes(false), 120, List.of(forward(Ipv4.TCP, OTHER, 8080, NEW_TARGET)), OTHER),
                terms(routes(true), 5, List.of(forward(Ipv4.UDP, THIRD, 4_001, WorkerRig.CLIENT)), WorkerRig.POOL),
                terms(
                        routes(true),
                        1,
                        List.of(
                                forward(Ipv4.UDP, WorkerRig.POOL, 4_020, WorkerRig.CLIENT)
                                        .ports(100),
                                PolicyTerms.Forward.whole(1, THIRD, WorkerRig.CLIENT)),
                        WorkerRig.POOL,
                        OTHER),
                terms(
                                routes(true),
                                2,
                                List.of(
                                        forward(Ipv4.UDP, OTHER, 4_000, NEW_TARGET)
                                                .ports(60)
                                                .inboundOnly(),
                                        PolicyTerms.Forward.whole(1, WorkerRig.POOL, WorkerRig.ROUTED_HOST)),
                                OTHER)
                        .with(Switches.USUAL.with(OtherProtocols.STATIC)));
    }

    /** Frames of new and old flows from both sides. */
    private void arrive(final Random random, final int frames) {
        for (int i = 0; i < frames; i++) {
            final int port = 4_000 + random.nextInt(200);
            final int remote = WorkerRig.SERVER + random.nextInt(50);
            final int address = WorkerRig.POOL + random.nextInt(3);
            switch (random.nextInt(8)) {
                case 6 -> rig.lan.arrive(gre(inside, WorkerRig.ROUTED_HOST + random.nextInt(20), remote));
                case 7 -> rig.wan.arrive(gre(outside, remote, address));
                case 0 -> rig.lan.arrive(inside.udp(WorkerRig.CLIENT, port, remote, 53, 20));
                case 1 -> rig.lan.arrive(inside.udp(WorkerRig.ROUTED_HOST + random.nextInt(20), port, remote, 53, 20));
                case 2 -> rig.lan.arrive(inside.tcp(WorkerRig.CLIENT, port, remote, 443, Tcp.SYN));
                case 3 -> rig.wan.arrive(outside.udp(remote, 53, address, port, 20));
                case 4 -> rig.wan.arrive(outside.tcp(remote, port, address, 8080, Tcp.SYN));
                default -> rig.lan.arrive(inside.tcp(WorkerRig.CLIENT, 80, remote, port, Tcp.SYN | Tcp.ACK));
            }
        }
    }

    private static byte[] gre(final TestFrames frames, final int source, final int destination) {
        final byte[] frame = frames.udp(source, 1, destination, 1, 20);
        frame[23] = 47;
        return frames.mend(frame);
    }

    /** What control does between two changes; how many sessions it found. */
    private int sweep(final Policy policy) {
        int found = 0;
        final SessionReader sessions = rig.worker.nat().reader();
        for (int session = 0; session < sessions.capacity(); session++) {
            if (sessions.lastSeenWord(session) != 0 && isToBeJudged(sessions, session, policy)) {
                found++;
                if (!commands.recheck(session, policy.epoch())) {
                    return found;
                }
            }
        }
        return found;
    }

    private boolean isToBeJudged(final SessionReader sessions, final int session, final Policy policy) {
        return !sessions.snapshot(session, row)
                || policy.verdict(
                                row.isFromOutside() ? Policy.ON_RULE : Policy.FROM_INSIDE,
                                row.isHairpin(),
                                row.protocol(),
                                row.insideAddress(),
                                row.insidePort(),
                                row.outsideAddress(),
                                row.outsidePort(),
                                row.remoteAddress())
                        != Policy.ALLOWED;
    }

    private static int sourceOf(final byte[] frame) {
        return (frame[26] & 0xFF) << 24 | (frame[27] & 0xFF) << 16 | (frame[28] & 0xFF) << 8 | frame[29] & 0xFF;
    }

    @Test
    void shouldTakeAPolicyOverBetweenTwoBatches() {
        final Random random = new Random(3);
        final Policy before = rig.worker.nat().policy();
        rig.keeper.offer(terms.get(1));
        assertThat(rig.worker.nat().policy()).isSameAs(before);
        assertThat(rig.keeper.isAdopted()).isFalse();
        arrive(random, Pipeline.BATCH);
        rig.worker.doWork();
        assertThat(rig.worker.nat().policy()).isSameAs(rig.keeper.current());
        assertThat(rig.keeper.isAdopted()).isTrue();
    }

    @Test
    void shouldAccountForEachFrameWhileThePolicyChangesAllTheTime() {
        final Random random = new Random(11);
        rig.wan.keepSent();
        int ended = 0;
        for (int round = 0; round < ROUNDS; round++) {
            rig.keeper.offer(terms.get(random.nextInt(terms.size())));
            arrive(random, 200);
            rig.run();
            final Policy policy = rig.worker.nat().policy();
            assertThat(policy).isSameAs(rig.keeper.current());
            while (sweep(policy) > 0) {
                final int before = rig.worker.nat().counts().sessions();
                rig.run();
                ended += before - rig.worker.nat().counts().sessions();
            }
            rig.wan.sent().clear();
            arrive(random, 100);
            rig.run();
            for (final byte[] frame : rig.wan.sent()) {
                assertThat(policy.addresses().numberOf(sourceOf(frame))).isNotNegative();
                assertThat(policy.addresses().isDraining(policy.addresses().numberOf(sourceOf(frame))))
                        .isFalse();
            }
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            retire();
        }
        assertThat(ended).isGreaterThan(ROUNDS);
        assertThat(rig.counters.sent()).isGreaterThan(10L * ROUNDS);
    }

    private void retire() {
        while (rig.worker.nat().policy().addresses().draining() > 0) {
            if (rig.keeper.retireDrained()) {
                assertThat(rig.keeper.isAdopted()).isFalse();
            }
            rig.worker.doWork();
            assertThat(rig.keeper.isAdopted()).isTrue();
        }
    }

    /** In the checked build an access to memory that control has freed throws. */
    @Test
    void shouldSwapAndFreeMemoryUnderAWorkerThatNeverWaits() throws InterruptedException {
        final AtomicBoolean done = new AtomicBoolean();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread worker = new Thread(() -> work(done));
        worker.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
        worker.start();
        final Random random = new Random(5);
        final List<Integer> epochs = new ArrayList<>();
        for (int swap = 0; swap < SWAPS && worker.isAlive(); swap++) {
            rig.keeper.offer(terms.get(random.nextInt(terms.size())));
            await(worker);
            while (worker.isAlive() && sweep(rig.keeper.current()) > 0) {
                Thread.onSpinWait();
            }
            while (worker.isAlive() && rig.keeper.current().addresses().draining() > 0) {
                rig.keeper.retireDrained();
                await(worker);
            }
            epochs.add(rig.keeper.current().epoch());
        }
        done.set(true);
        worker.join();
        assertThat(failure.get()).isNull();
        assertThat(epochs).hasSize(SWAPS).isSorted();
        rig.run();
        assertThat(rig.accounted()).isEqualTo(rig.counters.received()).isGreaterThan(0);
        assertThat(sweep(rig.keeper.current())).isZero();
    }

    private void await(final Thread worker) {
        while (worker.isAlive() && !rig.keeper.isAdopted()) {
            Thread.onSpinWait();
        }
    }

    private void work(final AtomicBoolean done) {
        final Random random = new Random(7);
        while (!done.get()) {
            arrive(random, 50);
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
        }
    }
}
