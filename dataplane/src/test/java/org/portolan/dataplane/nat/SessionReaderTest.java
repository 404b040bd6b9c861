package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SessionReaderTest {
    private static final int SESSIONS = 8;
    private static final int LEAST_OPENED = 20_000;
    private static final int LEAST_SEEN = 1_000;

    private final Random random = new Random(2);

    /**
     * One writer opens and frees sessions whose ports all follow from the host, so that a row mixed of two sessions
     * shows. Outcomes of a snapshot: whole (every field fits), or refused (free, or changed meanwhile). A torn row
     * that is accepted must never come.
     */
    @Test
    void shouldNeverAcceptARowMixedOfTwoSessions() throws InterruptedException {
        try (TestRouter router = TestRouter.withSessions(SESSIONS)) {
            final AtomicBoolean stop = new AtomicBoolean();
            final AtomicInteger torn = new AtomicInteger();
            final AtomicLong whole = new AtomicLong();
            final AtomicLong refused = new AtomicLong();
            final SessionReader reader = router.nat.reader();
            final Thread control = new Thread(() -> {
                final SessionRow row = new SessionRow();
                while (!stop.get()) {
                    for (int session = 0; session < reader.capacity(); session++) {
                        if (!reader.snapshot(session, row)) {
                            refused.incrementAndGet();
                        } else if (fits(row)) {
                            whole.incrementAndGet();
                        } else {
                            torn.incrementAndGet();
                        }
                    }
                }
            });
            control.start();
            int opened = 0;
            while (opened < LEAST_OPENED || whole.get() < LEAST_SEEN || refused.get() < LEAST_SEEN) {
                opened += write(router);
            }
            stop.set(true);
            control.join();
            assertThat(torn).hasValue(0);
        }
    }

    /** A thousand openings and ends; how many were opened. */
    private int write(final TestRouter router) {
        int opened = 0;
        for (int i = 0; i < 1_000; i++) {
            final int x = random.nextInt(60_000);
            final int session = router.udp(host(x), 1024 + x, TestRouter.REMOTE + x, 1 + x);
            if (session >= 0) {
                opened++;
            }
            if (router.nat.counts().sessions() >= SESSIONS / 2) {
                router.expire(random.nextInt(SESSIONS));
            }
            router.nowS++;
        }
        return opened;
    }

    private static int host(final int x) {
        return TestPacket.ip("10.0.0.0") + x;
    }

    private static boolean fits(final SessionRow row) {
        final int x = row.remotePort() - 1;
        return row.insideAddress() == host(x)
                && row.insidePort() == 1024 + x
                && row.outsideAddress() == TestRouter.OUTSIDE
                && row.remoteAddress() == TestRouter.REMOTE + x
                && row.state() == SessionState.UDP
                && (row.generation() & 1) == 0;
    }

    @Test
    void shouldSayThatAFreeSessionIsNone() {
        try (TestRouter router = TestRouter.withSessions(SESSIONS)) {
            final SessionReader reader = router.nat.reader();
            assertThat(reader.capacity()).isEqualTo(SESSIONS);
            assertThat(reader.lastSeenWord(0)).isZero();
            assertThat(reader.snapshot(0, new SessionRow())).isFalse();
        }
    }

    @Test
    void shouldFillTheWholeRow() {
        try (TestRouter router = TestRouter.withSessions(SESSIONS)) {
            final SessionRow row = new SessionRow();
            final int session = router.udp(TestRouter.HOST, 4000, TestRouter.REMOTE, 53);
            assertThat(router.nat.reader().snapshot(session, row)).isTrue();
            assertThat(row.index()).isEqualTo(session);
            assertThat(row.generation()).isEqualTo(router.nat.reader().generation(session));
            assertThat(row.protocol()).isEqualTo(17);
            assertThat(row.state()).isEqualTo(SessionState.UDP);
            assertThat(row.realm()).isZero();
            assertThat(row.insideAddress()).isEqualTo(TestRouter.HOST);
            assertThat(row.insidePort()).isEqualTo(4000);
            assertThat(row.outsideAddress()).isEqualTo(TestRouter.OUTSIDE);
            assertThat(row.outsidePort()).isEqualTo(4000);
            assertThat(row.remoteAddress()).isEqualTo(TestRouter.REMOTE);
            assertThat(row.remotePort()).isEqualTo(53);
            assertThat(row.idleS(1007)).isEqualTo(7);
        }
    }
}
