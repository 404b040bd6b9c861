package org.portolan.dataplane.command;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * {@link WakeupStress} with a planted race: release and acquire in place of the full fences. The harness has to find it.
 */
@JCStressTest
@Outcome(
        id = {"saw the message, saw the sleeper", "saw the message, saw nobody", "saw no message, saw the sleeper"},
        expect = ACCEPTABLE,
        desc = "At least one of them saw the other's write.")
@Outcome(
        id = "saw no message, saw nobody",
        expect = FORBIDDEN,
        desc = "A lost wake-up: a release may be delayed past the later acquire of another word, also on x86.")
@State
public class WakeupPlanted {
    private static final int POOL = 1024;
    private static final Slab WORDS = Slab.allocate(128L * POOL, "words");
    private static final AtomicInteger NEXT = new AtomicInteger();
    private final long message = WORDS.address() + 128L * (NEXT.getAndIncrement() & POOL - 1);
    private final long asleep = message + 64;
    private final long before = SharedWord.observeLong(message);
    private final long awake = SharedWord.observeLong(asleep);

    @Actor
    public void worker(final LL_Result seen) {
        SharedWord.publishLong(asleep, awake + 1);
        seen.r1 = SharedWord.observeLong(message) == before ? "saw no message" : "saw the message";
    }

    @Actor
    public void control(final LL_Result seen) {
        SharedWord.publishLong(message, before + 1);
        seen.r2 = SharedWord.observeLong(asleep) == awake ? "saw nobody" : "saw the sleeper";
    }
}
