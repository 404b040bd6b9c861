package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class VitalThreadsTest {
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final VitalThreads threads =
            new VitalThreads((thread, thrown) -> failures.add(thread + ": " + thrown), UnaryOperator.identity());
    private final AtomicInteger worked = new AtomicInteger();

    /** Does its work twice, then throws each time. */
    private final class Failing implements Agent {
        private final Throwable thrown;
        private final Throwable atStart;

        private Failing(final Throwable atStart, final Throwable thrown) {
            this.atStart = atStart;
            this.thrown = thrown;
        }

        @Override
        public void onStart() {
            raise(atStart);
        }

        @Override
        public int doWork() {
            if (worked.incrementAndGet() > 2) {
                raise(thrown);
            }
            return 1;
        }

        @Override
        public String roleName() {
            return "worker-0";
        }
    }

    private static void raise(final Throwable thrown) {
        if (thrown instanceof final Error error) {
            throw error;
        }
        if (thrown instanceof final RuntimeException exception) {
            throw exception;
        }
    }

    private void run(final Throwable thrown) throws InterruptedException {
        try (AgentRunner runner = threads.runner(YieldingIdleStrategy.INSTANCE, new Failing(null, thrown))) {
            threads.start(runner).join();
        }
    }

    @Test
    void shouldTellOfAnErrorOnceAndWorkNoMore() throws InterruptedException {
        run(new InternalError("a page is gone"));
        assertThat(failures).containsExactly("worker-0: java.lang.InternalError: a page is gone");
        assertThat(worked).hasValue(3);
    }

    @Test
    void shouldTellOfAnExceptionOnceAndWorkNoMore() throws InterruptedException {
        run(new IllegalStateException("a mistake"));
        assertThat(failures).containsExactly("worker-0: java.lang.IllegalStateException: a mistake");
        assertThat(worked).hasValue(3);
    }

    @Test
    void shouldTellOfAnAgentThatEndsItself() throws InterruptedException {
        run(new AgentTerminationException("enough"));
        assertThat(failures).singleElement().asString().contains("enough");
        assertThat(worked).hasValue(3);
    }

    @Test
    void shouldThrowToWhoStartsItWhatThrowsAtItsBeginning() {
        for (final Throwable refusal :
                List.of(new IllegalStateException("no such CPU"), new LinkageError("no class"))) {
            try (AgentRunner runner = threads.runner(YieldingIdleStrategy.INSTANCE, new Failing(refusal, null))) {
                assertThatThrownBy(() -> threads.start(runner)).isSameAs(refusal);
            }
        }
        assertThat(failures).isEmpty();
        assertThat(worked).hasValue(0);
    }

    @Test
    void shouldTellOfNothingWhenItIsClosed() throws InterruptedException {
        final AgentRunner runner = threads.runner(YieldingIdleStrategy.INSTANCE, new Agent() {
            @Override
            public int doWork() {
                return 0;
            }

            @Override
            public String roleName() {
                return "control";
            }
        });
        final Thread thread = threads.start(runner);
        assertThat(thread.getName()).isEqualTo("control");
        runner.close();
        thread.join();
        assertThat(failures).isEmpty();
    }
}
