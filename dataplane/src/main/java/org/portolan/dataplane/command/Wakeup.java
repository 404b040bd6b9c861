package org.portolan.dataplane.command;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/**
 * Wakes a worker that sleeps in poll(2): a ring in memory is nothing that poll could see, an eventfd is. Control
 * signals after it wrote to a ring; the worker says before it sleeps that it will, looks at its rings once more, and
 * sleeps.
 */
public final class Wakeup implements AutoCloseable {
    private final int fd;
    private final Slab words;
    /**
     * Written by the worker, read by control. Volatile: the store before the last look at the rings must not pass it.
     */
    private volatile boolean asleep;

    public Wakeup() {
        fd = Libc.eventfd();
        words = Slab.allocate(128, "wake-up words");
        Memory.putLong(words.address(), 1);
    }

    /** The descriptor for the worker's poll set. */
    public int descriptor() {
        return fd;
    }

    /** Control: after a message was committed. One write(2) only when the worker sleeps. */
    public void signal() {
        SharedWord.fullFence();
        if (asleep) {
            Libc.write(fd, words.address(), 8);
        }
    }

    /** Worker: from now on a message comes with a signal. */
    public void sleeping() {
        asleep = true;
        SharedWord.fullFence();
    }

    /** Worker: awake again; takes the signal back if there was one. */
    public void awake(final boolean signalled) {
        asleep = false;
        if (signalled) {
            Libc.read(fd, words.address() + Memory.CACHE_LINE_BYTES, 8);
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
        words.close();
    }
}
