package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.agrona.concurrent.AgentRunner;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;

/** A parked worker sleeps in poll(2) for up to 100 ms; a command must not wait for that. */
class PollIdleTest {
    private static final int COMMANDS = 40;
    private static final long ASLEEP_MS = 20;

    @Test
    void shouldAnswerACommandWithinFiveMillisecondsWhileParked() throws Exception {
        try (WorkerRig rig = new WorkerRig(1_000, 1_000, 10);
                Wakeup wakeup = new Wakeup();
                PollIdle idle = new PollIdle(rig.worker, wakeup)) {
            final AgentRunner runner = new AgentRunner(idle, Throwable::printStackTrace, null, rig.worker);
            AgentRunner.startOnThread(runner);
            final long[] tookNs = new long[COMMANDS];
            final CommandProxy commands = new CommandProxy(rig.command, wakeup);
            try {
                for (int i = 0; i < COMMANDS; i++) {
                    Thread.sleep(ASLEEP_MS);
                    final int before = rig.worker.latency().epoch();
                    final long startNs = System.nanoTime();
                    assertThat(commands.swapLatency()).isTrue();
                    while (rig.worker.latency().epoch() == before && System.nanoTime() - startNs < 1_000_000_000L) {
                        Thread.onSpinWait();
                    }
                    tookNs[i] = System.nanoTime() - startNs;
                }
            } finally {
                runner.close();
            }
            Arrays.sort(tookNs);
            // Asleep without a wake-up the median would be 40 ms; the machine's own hiccups are not the worker's.
            assertThat(tookNs[COMMANDS * 9 / 10]).as("90th percentile, ns").isLessThan(5_000_000L);
        }
    }
}
