package org.portolan.dataplane.worker;

import org.agrona.concurrent.IdleStrategy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * The idle strategy {@code park}: after some empty cycles the worker sleeps in poll(2) on its rings and its
 * {@link Wakeup}. The cycle after {@link Wakeup#sleeping} looks at everything once more, so nothing that came in
 * between is slept on.
 *
 * <p>A socket whose device went down keeps an error, and poll(2) reports it at once until somebody reads it. It is read
 * here, and the socket is left out of the next sleep, which is short: an error that stays cannot make the worker spin.
 */
public final class PollIdle implements IdleStrategy, AutoCloseable {
    /** Empty cycles before sleep: a busy line is not worth a system call. */
    private static final int SPINS = 200;

    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    /** Sleep at the longest, ms: seconds pass and links change though no frame comes. */
    private static final int LONGEST_MS = 100;

    /** poll(2), as {@link Libc#poll} is; a test puts its own here. */
    interface Poll {
        int poll(long pollfds, int count, int timeoutMs);
    }

    private static final int ERRORS = Libc.POLLERR | Libc.POLLHUP | Libc.POLLNVAL;

    /** Sleep while frames wait for an event that poll does not see, ms. */
    private static final int SHORT_MS = 1;

    private final Worker worker;
    private final Poll poll;
    private final boolean[] failed;
    private final Wakeup wakeup;
    private final Slab pollfds;
    private int empty;

    public PollIdle(final Worker worker, final Wakeup wakeup) {
        this(worker, wakeup, Libc::poll);
    }

    PollIdle(final Worker worker, final Wakeup wakeup, final Poll poll) {
        this.poll = poll;
        failed = new boolean[worker.portCount()];
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
        boolean anyFailed = false;
        put(set, 0, wakeup.descriptor());
        for (int i = 0; i < failed.length; i++) {
            // poll(2) passes over a negative descriptor.
            put(set, i + 1, failed[i] ? -1 : worker.port(i).io().pollDescriptor());
            anyFailed |= failed[i];
        }
        poll.poll(set, failed.length + 1, anyFailed || worker.isWaiting() ? SHORT_MS : LONGEST_MS);
        for (int i = 0; i < failed.length; i++) {
            failed[i] = (events(set, i + 1) & ERRORS) != 0;
            if (failed[i]) {
                worker.port(i).io().clearPollError();
            }
        }
        wakeup.awake((events(set, 0) & Libc.POLLIN) != 0);
    }

    private static int events(final long set, final int index) {
        return Memory.shortAt(set + (long) index * POLLFD_BYTES + REVENTS_OFFSET);
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
