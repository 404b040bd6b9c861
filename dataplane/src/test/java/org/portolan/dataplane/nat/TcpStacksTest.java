package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Random connections of two {@link TestStack}s through the router, over wires that lose, delay, reorder and double.
 * The window check trips over none of their segments, and nothing that is far outside the window changes a session.
 *
 * <p>{@code -Dportolan.model.connections=100000} asks for more of them.
 */
class TcpStacksTest {
    private static final int CONNECTIONS = Integer.getInteger("portolan.model.connections", 1_500);
    private static final int HOST = TestRouter.HOST;
    private static final int REMOTE = TestRouter.REMOTE;
    private static final int OUTSIDE = TestRouter.OUTSIDE;
    private static final int SERVER = TestPacket.ip("192.168.1.80");

    private static final int LONGEST_DELAY = 20;
    private static final int TIMER = 100;
    private static final int LONGEST_RUN = 400_000;

    /** Something that happens at a time; the number keeps what is sent at once in order. */
    private record Event(long at, long number, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(final Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Deque<String> last = new ArrayDeque<>();
    private Random random;
    private TestRouter router;
    private boolean forwarded;
    private int loss;
    private long now;
    private long number;
    private TestStack inside;
    private TestStack outside;
    private int remotePort;
    private int session;
    private long attacks;

    @ParameterizedTest
    @EnumSource(
            value = WindowCheck.class,
            names = {"COUNT", "DROP"})
    void shouldTripOverNoStack(final WindowCheck check) {
        run(check, false);
    }

    @ParameterizedTest
    @EnumSource(
            value = WindowCheck.class,
            names = {"COUNT", "DROP"})
    void shouldChangeNothingForABlindAttacker(final WindowCheck check) {
        run(check, true);
        assertThat(attacks).isPositive();
    }

    private void run(final WindowCheck check, final boolean attacked) {
        random = new Random(attacked ? 2 : 1);
        final TestConfig config =
                TestConfig.of(100, OUTSIDE).forwards(new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, 8080, SERVER, 80));
        router = new TestRouter(config, check);
        try (TestRouter closing = router) {
            int closed = 0;
            for (int i = 0; i < CONNECTIONS; i++) {
                closed += connection(i, attacked) ? 1 : 0;
                assertThat(closing.expire(session)).isTrue();
            }
            assertThat(closed).as("connections that came to their end").isGreaterThan(CONNECTIONS / 2);
        }
    }

    /** Whether both ends said all and closed. */
    private boolean connection(final int index, final boolean attacked) {
        forwarded = random.nextInt(3) == 0;
        loss = random.nextInt(3) == 0 ? 0 : random.nextInt(20);
        remotePort = 1_024 + index % 60_000;
        events.clear();
        last.clear();
        now = 0;
        session = -1;
        final boolean simultaneous = !forwarded && random.nextInt(10) == 0;
        inside = new TestStack(random, this::send, !forwarded && !simultaneous);
        outside = new TestStack(random, this::send, forwarded);
        (forwarded ? outside : inside).open();
        if (simultaneous) {
            at(now + 1 + random.nextInt(LONGEST_DELAY), outside::open);
        }
        tick(inside);
        tick(outside);
        if (random.nextInt(10) == 0) {
            final TestStack end = random.nextBoolean() ? inside : outside;
            at(random.nextInt(3_000), end::abort);
        }
        while (!events.isEmpty() && now < LONGEST_RUN) {
            final Event event = events.poll();
            now = event.at;
            event.what.run();
            if (attacked && session >= 0 && random.nextInt(4) == 0) {
                attack();
            }
        }
        return atTheEnd();
    }

    private boolean atTheEnd() {
        final boolean done = inside.isDone() && outside.isDone() && !inside.isDead() && !outside.isDead();
        if (done) {
            assertThat(inside.hasAllOf(outside) && outside.hasAllOf(inside))
                    .as("all came")
                    .isTrue();
            assertThat(router.nat.reader().state(session))
                    .as("%s", last)
                    .isIn(SessionState.TCP_CLOSED, SessionState.TCP_CLOSING);
        }
        return done;
    }

    private void at(final long time, final Runnable what) {
        events.add(new Event(time, number++, what));
    }

    private void tick(final TestStack end) {
        at(now + TIMER + random.nextInt(TIMER), () -> {
            end.tick();
            if (!inside.isDone() || !outside.isDone()) {
                tick(end);
            }
        });
    }

    private void send(final TestStack from, final TestStack.Segment segment) {
        wire(() -> route(from, segment));
    }

    private void wire(final Runnable arrives) {
        if (random.nextInt(100) < loss) {
            return;
        }
        at(now + 1 + random.nextInt(loss == 0 ? 1 : LONGEST_DELAY), arrives);
        if (random.nextInt(200) < loss) {
            at(now + 1 + random.nextInt(LONGEST_DELAY), arrives);
        }
    }

    private void route(final TestStack from, final TestStack.Segment segment) {
        final long before = router.nat.outOfWindow();
        final int result = from == inside ? out(segment) : in(segment);
        last.add((from == inside ? "out " : "in ") + segment + " = " + result);
        if (last.size() > 24) {
            last.removeFirst();
        }
        if (result < 0) {
            if (isPast(from, segment)) {
                return;
            }
            // A SYN from outside before the inside's own, or a late segment of nothing.
            assertThat(TestRouter.reason(result))
                    .as("%s", last)
                    .isIn(DropReason.NO_MAPPING, DropReason.TCP_NOT_OPENING);
            return;
        }
        session = result;
        if (!isPast(from, segment)) {
            assertThat(router.nat.outOfWindow()).as("%s", last).isEqualTo(before);
        }
        wire(() -> (from == inside ? outside : inside).take(segment));
    }

    /** An RST in answer to an old segment, which its receiver takes for outside its window too. */
    private boolean isPast(final TestStack from, final TestStack.Segment segment) {
        final TestStack to = from == inside ? outside : inside;
        return segment.has(Tcp.RST) && segment.sequence() - from.first - to.arrived() < 0;
    }

    private int out(final TestStack.Segment s) {
        router.packet.segment(
                forwarded ? SERVER : HOST,
                forwarded ? 80 : 4_000,
                REMOTE,
                remotePort,
                s.flags(),
                s.sequence(),
                s.acknowledgment(),
                s.window(),
                s.scale(),
                s.payload());
        return router.outbound();
    }

    private int in(final TestStack.Segment s) {
        router.packet.segment(
                REMOTE,
                remotePort,
                OUTSIDE,
                forwarded ? 8_080 : 4_000,
                s.flags(),
                s.sequence(),
                s.acknowledgment(),
                s.window(),
                s.scale(),
                s.payload());
        return router.inbound();
    }

    /** A segment from outside that is further away than any window: the session's state and timer stay. */
    private void attack() {
        final int[] kinds = {Tcp.RST, Tcp.RST | Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.PSH | Tcp.ACK, Tcp.SYN | Tcp.ACK};
        final int far = (1 << 30) + (1 << 29) + random.nextInt(1 << 28);
        final int flags = kinds[random.nextInt(kinds.length)];
        final int sequence = outside.first + outside.sent() + far;
        final int acknowledgment = inside.first + far + random.nextInt(1 << 28);
        final SessionState state = router.nat.reader().state(session);
        final int word = router.lastSeen(session);
        router.nowS++;
        in(new TestStack.Segment(flags, sequence, acknowledgment, 0xFFFF, -1, flags == Tcp.RST ? 0 : 100));
        final boolean opening = state == SessionState.TCP_OPENING || state == SessionState.TCP_INCOMING;
        assertThat(router.nat.reader().state(session))
                .as("%s after %s", state, Tcp.describe(router.packet.transport()))
                .isEqualTo(state);
        if (!opening) {
            assertThat(router.lastSeen(session)).as("%s, timer", state).isEqualTo(word);
        }
        attacks++;
    }
}
