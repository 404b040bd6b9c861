package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.io.packet.FakeDriver;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.system.Libc;

/** How a parked worker sleeps while frames cannot leave and while a socket reports an error. */
class PollIdleFaultsTest {
    /** A poll(2) that answers with what the test says and notes what it was asked. */
    private static final class FakePoll implements PollIdle.Poll {
        private static final int ENTRY_BYTES = 8;

        private final int[] answers;
        private final int[] descriptors;
        private int timeoutMs;
        private int calls;

        FakePoll(final int entries) {
            answers = new int[entries];
            descriptors = new int[entries];
        }

        @Override
        public int poll(final long pollfds, final int count, final int timeout) {
            calls++;
            timeoutMs = timeout;
            int ready = 0;
            for (int i = 0; i < count; i++) {
                descriptors[i] = Memory.intAt(pollfds + (long) i * ENTRY_BYTES);
                if (descriptors[i] >= 0 && answers[i] != 0) {
                    Memory.putShort(pollfds + (long) i * ENTRY_BYTES + 6, (short) answers[i]);
                    ready++;
                }
            }
            return ready;
        }

        /** Runs empty cycles until the strategy has slept once. */
        void sleep(final PollIdle idle) {
            final int before = calls;
            for (int i = 0; i < 1_000 && calls == before; i++) {
                idle.idle(0);
            }
            assertThat(calls).isEqualTo(before + 1);
        }
    }

    /** The outside port on a driver of the test's own. */
    private static void takeDriver(final WorkerRig rig, final Wakeup wakeup, final FakeDriver driver) {
        rig.worker.handOver(1, driver);
        assertThat(new CommandProxy(rig.command, wakeup).replaceIo(1)).isTrue();
        rig.run();
        rig.worker.takeLeaving(1).close();
    }

    @Test
    void shouldNotSleepLongOnFramesThatCouldNotLeave() {
        final FakePoll poll = new FakePoll(4);
        try (WorkerRig rig = new WorkerRig(1_000, 1_000, 10);
                Wakeup wakeup = new Wakeup();
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                PollIdle idle = new PollIdle(rig.worker, wakeup, poll)) {
            final FakeDriver wan = new FakeDriver();
            takeDriver(rig, wakeup, wan);
            poll.sleep(idle);
            assertThat(poll.timeoutMs).isEqualTo(100);
            wan.room(0);
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20));
            rig.run();
            poll.sleep(idle);
            assertThat(poll.timeoutMs).isEqualTo(1);
            wan.room(10);
            wan.later(1_000_000);
            rig.run();
            assertThat(wan.wire()).hasSize(1);
            poll.sleep(idle);
            assertThat(poll.timeoutMs).isEqualTo(100);
        }
    }

    @Test
    void shouldReadASocketsErrorAndNotSpinOnOneThatStays() {
        final FakePoll poll = new FakePoll(4);
        try (WorkerRig rig = new WorkerRig(1_000, 1_000, 10);
                Wakeup wakeup = new Wakeup();
                PollIdle idle = new PollIdle(rig.worker, wakeup, poll)) {
            final FakeDriver wan = new FakeDriver(17);
            takeDriver(rig, wakeup, wan);
            poll.answers[2] = Libc.POLLERR;
            poll.sleep(idle);
            assertThat(poll.descriptors[2]).isEqualTo(17);
            assertThat(wan.pollErrors()).as("reads of the error").isEqualTo(1);
            poll.sleep(idle);
            assertThat(poll.descriptors[2]).as("left out of the next sleep").isNegative();
            assertThat(poll.timeoutMs).as("which is short").isEqualTo(1);
            poll.answers[2] = 0;
            poll.sleep(idle);
            assertThat(poll.descriptors[2]).as("and back").isEqualTo(17);
            assertThat(poll.timeoutMs).isEqualTo(100);
            assertThat(wan.pollErrors()).isEqualTo(1);
        }
    }
}
