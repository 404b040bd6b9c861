package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * A parked worker sleeps in poll(2) for up to 100 ms; a command must not wait for that. Whether poll(2) saw the wake-up
 * is told by its eventfd and by no clock: it is read exactly when poll(2) reported it.
 */
@Timeout(60)
class PollIdleTest {
    private static final int COMMANDS = 40;

    private final WorkerRig rig = new WorkerRig(1_000, 1_000, 10);
    private final Wakeup wakeup = new Wakeup();
    private final PollIdle idle = new PollIdle(rig.worker, wakeup);
    private final CommandProxy commands = new CommandProxy(rig.command, wakeup);
    private final Slab pollfd = Slab.allocate(64, "a poll set");

    @AfterEach
    void end() {
        pollfd.close();
        idle.close();
        wakeup.close();
        rig.close();
    }

    /** Whether a signal waits that nobody has taken back. */
    private boolean isSignalled() {
        Memory.putInt(pollfd.address(), wakeup.descriptor());
        Memory.putInt(pollfd.address() + 4, Libc.POLLIN);
        return Libc.poll(pollfd.address(), 1, 0) > 0;
    }

    /**
     * Empty cycles until the worker has said that it will sleep, which is when a signal is more than a look at a word;
     * their number.
     */
    private int idleUntilSleeping() {
        int cycles = 0;
        do {
            idle.idle(0);
            cycles++;
            wakeup.signal();
        } while (!isSignalled());
        return cycles;
    }

    @Test
    void shouldBeWokenByACommandThatComesJustBeforeItSleeps() {
        for (int i = 0; i < COMMANDS; i++) {
            idleUntilSleeping();
            final int before = rig.worker.latency().epoch();
            assertThat(commands.swapLatency()).isTrue();
            idle.idle(0);
            assertThat(isSignalled()).as("poll(2) did not see the signal").isFalse();
            rig.worker.doWork();
            assertThat(rig.worker.latency().epoch()).isEqualTo(before + 1);
        }
    }

    @Test
    void shouldBeWokenByACommandThatComesWhileItSleeps() throws InterruptedException {
        final int cycles = idleUntilSleeping();
        idle.idle(0);
        for (int i = 0; i < COMMANDS; i++) {
            for (int cycle = 0; cycle < cycles; cycle++) {
                idle.idle(0);
            }
            final int before = rig.worker.latency().epoch();
            final Thread sleeper = Thread.ofPlatform().start(() -> idle.idle(0));
            TimeUnit.MILLISECONDS.sleep(i % 10);
            assertThat(commands.swapLatency()).isTrue();
            sleeper.join();
            assertThat(isSignalled()).as("poll(2) did not see the signal").isFalse();
            rig.worker.doWork();
            assertThat(rig.worker.latency().epoch()).isEqualTo(before + 1);
        }
    }

    @Test
    void shouldCostNoSystemCallToSignalAWorkerThatIsBusy() {
        for (int i = 0; i < 10 * COMMANDS; i++) {
            idle.idle(1);
            assertThat(commands.swapLatency()).isTrue();
            assertThat(isSignalled()).isFalse();
            rig.worker.doWork();
        }
    }

    /** Each command finds the worker parked or on its way there; none is slept on for good. */
    @Test
    void shouldAnswerEveryCommandOfAnotherThread() throws Exception {
        final AgentRunner runner = new AgentRunner(idle, Throwable::printStackTrace, null, rig.worker);
        AgentRunner.startOnThread(runner);
        try {
            for (int i = 0; i < COMMANDS; i++) {
                TimeUnit.MILLISECONDS.sleep(i % 10);
                final int before = rig.worker.latency().epoch();
                assertThat(commands.swapLatency()).isTrue();
                while (rig.worker.latency().epoch() == before) {
                    Thread.onSpinWait();
                }
            }
        } finally {
            runner.close();
        }
    }
}
