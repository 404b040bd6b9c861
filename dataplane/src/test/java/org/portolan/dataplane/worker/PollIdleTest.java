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
    private static final int ROUNDS = 5;
    private static final long ASLEEP_MS = 20;
    private static final long LIMIT_NS = 5_000_000;

    @Test
    void shouldAnswerACommandWithinFiveMillisecondsWhileParked() throws Exception {
        try (WorkerRig rig = new WorkerRig(1_000, 1_000, 10);
                Wakeup wakeup = new Wakeup();
                PollIdle idle = new PollIdle(rig.worker, wakeup)) {
            final AgentRunner runner = new AgentRunner(idle, Throwable::printStackTrace, null, rig.worker);
            AgentRunner.startOnThread(runner);
            long best = Long.MAX_VALUE;
            try {
                // A machine that is busy with other things delays both threads for longer than that, so a quiet round
                // is waited for. Without the wake-up no round could pass: the median would be 40 ms in each.
                for (int round = 0; round < ROUNDS && best >= LIMIT_NS; round++) {
                    best = Math.min(best, ninetiethPercentileNs(rig, new CommandProxy(rig.command, wakeup)));
                }
            } finally {
                runner.close();
            }
            assertThat(best).as("90th percentile, ns").isLessThan(LIMIT_NS);
        }
    }

    private static long ninetiethPercentileNs(final WorkerRig rig, final CommandProxy commands) throws Exception {
        final long[] tookNs = new long[COMMANDS];
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
        Arrays.sort(tookNs);
        return tookNs[COMMANDS * 9 / 10];
    }
}
