package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PaceTest {
    private static void assertAbout(final Pace pace, final long seconds) {
        assertThat(pace.nextMs()).isBetween(seconds * 900, seconds * 1_100);
    }

    @Test
    void shouldDoubleWithEachFailureUpToAnHourAndComeBackWithASuccess() {
        final Pace pace = new Pace(30, 1);
        assertThat(pace.nextMs()).isEqualTo(30_000);
        for (final int seconds : new int[] {30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600}) {
            pace.failed();
            assertAbout(pace, seconds);
        }
        for (int i = 0; i < 100; i++) {
            pace.failed();
        }
        assertAbout(pace, 3_600);
        pace.succeeded();
        assertThat(pace.nextMs()).isEqualTo(30_000);
        pace.failed();
        assertAbout(pace, 30);
    }

    @Test
    void shouldNotAskMoreOftenThanConfiguredThoughThatIsSeldom() {
        final Pace pace = new Pace(86_400, 1);
        for (int i = 0; i < 5; i++) {
            pace.failed();
            assertAbout(pace, 86_400);
        }
    }

    @Test
    void shouldDifferFromRouterToRouter() {
        final Pace one = new Pace(30, 1);
        final Pace other = new Pace(30, 2);
        one.failed();
        other.failed();
        assertThat(one.nextMs()).isNotEqualTo(other.nextMs());
    }
}
