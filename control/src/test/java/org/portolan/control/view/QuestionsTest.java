package org.portolan.control.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class QuestionsTest {
    @Test
    void shouldRefuseInASentenceWhenControlIsStuck() {
        final Questions questions = new Questions(1);
        assertThatThrownBy(() -> questions.answer(() -> "late"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("control does not answer");
    }

    @Test
    void shouldRefuseInASentenceWhenTooManyAsk() {
        final Questions questions = new Questions(60_000);
        for (int i = 0; i < Questions.MOST; i++) {
            assertThat(questions.offer(() -> {})).isTrue();
        }
        assertThatThrownBy(() -> questions.answer(() -> "never"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("too many requests are waiting for control; try again");
        assertThat(questions.poll()).isEqualTo(Questions.MOST);
    }

    @Test
    void shouldNotRunWhatNobodyWaitsForAnyMore() {
        final Questions questions = new Questions(1);
        final CompletableFuture<String> ran = new CompletableFuture<>();
        assertThatThrownBy(() -> questions.answer(() -> ran.complete("ran"))).isInstanceOf(RefusedException.class);
        assertThat(questions.poll()).isEqualTo(1);
        assertThat(ran).isNotDone();
    }

    @Test
    void shouldAnswerAndCallAFaultOfTheAnswerAFault() throws Exception {
        final Questions questions = new Questions(10_000);
        final CompletableFuture<Integer> right = questions.ask(() -> 42);
        final Thread control = Thread.ofPlatform().daemon().start(() -> {
            for (int answered = 0; answered < 2; answered += questions.poll()) {
                Thread.onSpinWait();
            }
        });
        assertThat(right.get()).isEqualTo(42);
        assertThatThrownBy(() -> questions.answer(() -> {
                    throw new ArithmeticException("odd");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("odd");
        control.join();
    }
}
