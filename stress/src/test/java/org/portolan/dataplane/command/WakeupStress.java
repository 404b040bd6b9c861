package org.portolan.dataplane.command;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;

/** Control sends a message and signals while the worker says that it sleeps and looks at its ring once more. */
@JCStressTest
@Outcome(
        id = {"saw the message, signalled", "saw the message, no signal"},
        expect = ACCEPTABLE,
        desc = "The last look found the message, so the worker does not sleep; a signal is taken back.")
@Outcome(
        id = "saw no message, signalled",
        expect = ACCEPTABLE,
        desc = "The worker sleeps and the eventfd wakes it: control saw that it sleeps.")
@Outcome(
        id = "saw no message, no signal",
        expect = FORBIDDEN,
        desc = "A lost wake-up: a full fence stands between write and read on both sides, so at least one sees the"
                + " other's write.")
@State
public class WakeupStress {
    private static final int POOL = 1024;
    private static final Wakeup[] WAKEUPS = new Wakeup[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Slab MESSAGES = Slab.allocate(64L * POOL, "messages");
    private static final Slab COUNTS = Slab.allocate(64L * POOL, "counts of eventfds");

    static {
        Arrays.setAll(WAKEUPS, i -> new Wakeup());
    }

    private final int own = NEXT.getAndIncrement() & POOL - 1;
    private final Wakeup wakeup = WAKEUPS[own];
    private final long message = MESSAGES.address() + 64L * own;
    private final long before = SharedWord.observeLong(message);

    @Actor
    public void control() {
        SharedWord.publishLong(message, before + 1);
        wakeup.signal();
    }

    @Actor
    public void worker(final LL_Result seen) {
        wakeup.sleeping();
        seen.r1 = SharedWord.observeLong(message) == before ? "saw no message" : "saw the message";
    }

    @Arbiter
    public void afterwards(final LL_Result seen) {
        final long bytes = Libc.read(wakeup.descriptor(), COUNTS.address() + 64L * own, Long.BYTES);
        seen.r2 = bytes == Long.BYTES ? "signalled" : "no signal";
        wakeup.awake(false);
    }
}
