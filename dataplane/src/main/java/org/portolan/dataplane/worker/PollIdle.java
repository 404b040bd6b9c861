package org.portolan.dataplane.worker;

import org.agrona.concurrent.IdleStrategy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * The idle strategy {@code park}: after some empty cycles the worker sleeps in poll(2) on its rings and its {@link
 * Wakeup}. The
 * cycle after {@link Wakeup#sleeping} looks at everything once more, so nothing that came in between is slept on.
 */
public final class PollIdle implements IdleStrategy, AutoCloseable {
    /** Empty cycles before sleep: a busy line is not worth a system call. */
    private static final int SPINS = 200;

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    /** Sleep at the longest, ms: seconds pass and links change though no frame comes. */
    private static final int LONGEST_MS = 100;

    private final Worker worker;
    private final Wakeup wakeup;
    private final Slab pollfds;
    private int empty;

    public PollIdle(final Worker worker, final Wakeup wakeup) {
        this.worker = worker;
        this.wakeup = wakeup;
        pollfds = Slab.allocate((long) POLLFD_BYTES * (worker.portCount() + 1), "a poll set");
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
            return;
        }
        idle();
    }

    @Override
    public void idle() {
        empty++;
        if (empty < SPINS) {
            Thread.onSpinWait();
        } else if (empty == SPINS) {
            wakeup.sleeping();
        } else {
            sleep();
            empty = 0;
        }
    }

    private void sleep() {
        final long set = pollfds.address();
        int count = 0;
        put(set, count++, wakeup.descriptor());
        for (int i = 0; i < worker.portCount(); i++) {
            final Port port = worker.port(i);
            // A device that is down reports an error for ever: poll would not sleep.
            if (port.isUp()) {
                put(set, count++, port.io().pollDescriptor());
            }
        }
        Libc.poll(set, count, worker.isWaitingForNeighbor() ? 1 : LONGEST_MS);
        wakeup.awake((Memory.shortAt(set + REVENTS_OFFSET) & Libc.POLLIN) != 0);
    }

    private static void put(final long set, final int index, final int fd) {
        final long entry = set + (long) index * POLLFD_BYTES;
        Memory.putInt(entry, fd);
        Memory.putShort(entry + EVENTS_OFFSET, (short) Libc.POLLIN);
        Memory.putShort(entry + REVENTS_OFFSET, (short) 0);
    }

    @Override
    public void reset() {
        if (empty >= SPINS) {
            wakeup.awake(false);
        }
        empty = 0;
    }

    @Override
    public String alias() {
        return "park";
    }

    @Override
    public void close() {
        pollfds.close();
    }
}
