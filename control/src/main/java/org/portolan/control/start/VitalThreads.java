package org.portolan.control.start;

import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.IdleStrategy;

/**
 * Runs the agents without which the router is none: worker, control, historian. What one of them throws ends the
 * process, and the agent does nothing any more.
 *
 * <p>An AgentRunner alone goes on after an exception and lets the thread die of an error, in silence either way.
 */
public final class VitalThreads {
    private final BiConsumer<String, Throwable> failed;
    private final UnaryOperator<Agent> seam;

    /**
     * @param failed is called with a thread's name and what it threw; any thread; see {@link EndSignal#fail}
     * @param seam what runs instead of an agent; a test puts one there that fails
     */
    public VitalThreads(final BiConsumer<String, Throwable> failed, final UnaryOperator<Agent> seam) {
        this.failed = failed;
        this.seam = seam;
    }

    /** An agent and how it begins. */
    private static final class Beginning implements Agent {
        private final Agent agent;
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile Throwable refusal;
        /** What was reported already; this agent's thread alone. */
        private Throwable reported;

        private Beginning(final Agent agent) {
            this.agent = agent;
        }

        @Override
        public void onStart() {
            try {
                agent.onStart();
            } catch (final Throwable t) {
                refusal = t;
                throw t;
            } finally {
                begun.countDown();
            }
        }

        @Override
        public int doWork() throws Exception {
            return agent.doWork();
        }

        @Override
        public void onClose() {
            agent.onClose();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }

    /** A runner for {@link #start}; closing it ends the agent and waits for that. */
    public AgentRunner runner(final IdleStrategy idle, final Agent agent) {
        final Beginning beginning = new Beginning(seam.apply(agent));
        return new AgentRunner(idle, thrown -> failed(beginning, thrown), null, beginning);
    }

    /** The agent's thread. An exception from here ends its loop; an error the runner throws on by itself. */
    private void failed(final Beginning agent, final Throwable thrown) {
        if (agent.refusal == thrown) {
            return;
        }
        agent.reported = thrown;
        failed.accept(agent.roleName(), thrown);
        if (!(thrown instanceof Error || thrown instanceof AgentTerminationException)) {
            throw new AgentTerminationException("a failed agent does nothing more");
        }
    }

    /**
     * Starts the agent's thread and waits until the agent has begun.
     *
     * @throws RuntimeException what its onStart threw, and the process does not end by itself
     */
    public Thread start(final AgentRunner runner) throws InterruptedException {
        final Beginning agent = (Beginning) runner.agent();
        final Thread thread = AgentRunner.startOnThread(runner, run -> {
            final Thread made = new Thread(run, agent.roleName());
            made.setUncaughtExceptionHandler((dead, thrown) -> died(agent, thrown));
            return made;
        });
        agent.begun.await();
        if (agent.refusal instanceof final RuntimeException refused) {
            throw refused;
        }
        if (agent.refusal instanceof final Error error) {
            throw error;
        }
        return thread;
    }

    private void died(final Beginning agent, final Throwable thrown) {
        if (!(thrown instanceof AgentTerminationException) && agent.refusal != thrown && agent.reported != thrown) {
            failed.accept(agent.roleName(), thrown);
        }
    }
}
