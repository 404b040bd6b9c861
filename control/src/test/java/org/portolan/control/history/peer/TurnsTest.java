package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TurnsTest {
    private final Turns turns = new Turns();

    private void awaitSize(final int size) {
        while (turns.size() != size) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldGiveTurnsOneAtATimeInTheOrderOfAsking() throws InterruptedException {
        final Turns.Turn first = turns.take(() -> false).orElseThrow();
        final List<Integer> order = new CopyOnWriteArrayList<>();
        final List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final int number = i;
            waiting.add(Thread.ofPlatform().start(() -> {
                try (Turns.Turn turn = turns.take(() -> false).orElseThrow()) {
                    order.add(turn == null ? -1 : number);
                }
            }));
            awaitSize(i + 2);
        }
        assertThat(order).isEmpty();
        first.close();
        for (final Thread each : waiting) {
            each.join();
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
        assertThat(turns.size()).isZero();
    }

    /** Two that come again and again do not keep a third one from its turn. */
    @Test
    void shouldGiveTheNextTurnToWhoHadNoneForLongest() throws InterruptedException {
        turns.take("a", () -> false).orElseThrow().close();
        final Turns.Turn first = turns.take("b", () -> false).orElseThrow();
        final List<String> order = new CopyOnWriteArrayList<>();
        final List<Thread> waiting = new ArrayList<>();
        for (final String each : List.of("b", "a", "b", "a", "c")) {
            waiting.add(Thread.ofPlatform().start(() -> {
                try (Turns.Turn turn = turns.take(each, () -> false).orElseThrow()) {
                    order.add(turn == null ? "" : each);
                }
            }));
            awaitSize(waiting.size() + 1);
        }
        first.close();
        for (final Thread each : waiting) {
            each.join();
        }
        assertThat(order).containsExactly("c", "a", "b", "a", "b");
    }

    @Test
    void shouldLetGoOfWhoGivesUpAndNotOfWhoHasItsTurn() {
        final Turns.Turn first = turns.take(() -> true).orElseThrow();
        final AtomicBoolean asked = new AtomicBoolean();
        assertThat(turns.take(() -> asked.getAndSet(true))).isEmpty();
        assertThat(turns.size()).isOne();
        first.close();
        first.close();
        assertThat(turns.take(() -> true)).isPresent();
    }

    @Test
    void shouldNotTakeAnothersTurnWhenClosedTwice() {
        final Turns.Turn first = turns.take(() -> false).orElseThrow();
        first.close();
        final Turns.Turn second = turns.take(() -> false).orElseThrow();
        first.close();
        assertThat(turns.take(() -> true)).isEmpty();
        second.close();
    }
}
