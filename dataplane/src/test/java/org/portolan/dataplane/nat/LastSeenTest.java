package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The word on a machine that has just booted, runs for long, and runs for so long that the seconds begin again. */
class LastSeenTest {
    private static final int WRAP_S = 1 << 28;
    private static final int UDP = SessionState.UDP.code;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, WRAP_S - 1, WRAP_S, WRAP_S + 7, Integer.MAX_VALUE - 10_000})
    void shouldCountFromAnySecond(final int nowS) {
        final int word = LastSeen.word(nowS, UDP);
        assertThat(word).as("a live session's is not 0").isNotZero();
        assertThat(LastSeen.state(word)).isEqualTo(SessionState.UDP);
        assertThat(LastSeen.idleS(word, nowS)).isZero();
        assertThat(LastSeen.idleS(word, nowS + 7_440)).isEqualTo(7_440);
        assertThat(LastSeen.idleS(word, nowS - 1)).as("a clock that is behind").isEqualTo(-1);
        assertThat(LastSeen.otherSecond(word, nowS)).isZero();
        assertThat(LastSeen.otherSecond(word, nowS + 1)).isNotZero();
        final int closed = LastSeen.withState(word, SessionState.TCP_CLOSED.code);
        assertThat(closed).isEqualTo(LastSeen.word(nowS, SessionState.TCP_CLOSED.code));
    }

    @Test
    void shouldRefreshAndEndASessionAcrossTheWrap() {
        try (TestRouter router = TestRouter.withSessions(10)) {
            router.nowS = WRAP_S - 1;
            final int session = router.udp(TestRouter.HOST, 4000, TestRouter.REMOTE, 53);
            router.nowS = WRAP_S + 1;
            router.udp(TestRouter.HOST, 4000, TestRouter.REMOTE, 53);
            final int word = router.lastSeen(session);
            assertThat(LastSeen.idleS(word, WRAP_S + 301)).isEqualTo(300);
            assertThat(router.nat.touchSession(Match.of(session, Match.ORIGINAL), router.nowS))
                    .as("the same second")
                    .isZero();
            assertThat(router.expire(session)).isTrue();
        }
    }
}
