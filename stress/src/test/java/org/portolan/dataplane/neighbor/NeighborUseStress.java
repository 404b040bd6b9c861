package org.portolan.dataplane.neighbor;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A worker marks a neighbor used in one second and in the next while control looks twice. */
@JCStressTest
@Outcome(
        id = {"before, before", "before, first", "before, second", "first, first", "first, second", "second, second"},
        expect = ACCEPTABLE,
        desc = "Control may be late; it never sees a time that was not marked, and none twice in the wrong order.")
@Outcome(
        id = {"first, before", "second, before", "second, first"},
        expect = FORBIDDEN,
        desc = "The last use went back: the second acquire of one word passed the first.")
@Outcome(
        id = {"other, .*", ".*, other"},
        expect = FORBIDDEN,
        desc = "A second that the worker never wrote: an aligned int is written and read whole.")
@State
public class NeighborUseStress {
    private static final int POOL = 1 << 16;
    private static final NeighborUse USE = new NeighborUse(POOL);
    private static final AtomicInteger NEXT = new AtomicInteger();
    private final int slot = NEXT.getAndIncrement() & POOL - 1;
    private final int beforeS = USE.lastUsedS(slot);

    /** Both halves of the word change. */
    private final int firstS = beforeS + 0x1_0001;

    private final int secondS = firstS + 0x1_0001;

    @Actor
    public void worker() {
        USE.markUsed(slot, firstS);
        USE.markUsed(slot, secondS);
    }

    @Actor
    public void control(final LL_Result seen) {
        seen.r1 = name(USE.lastUsedS(slot));
        seen.r2 = name(USE.lastUsedS(slot));
    }

    private String name(final int usedS) {
        return usedS == beforeS ? "before" : usedS == firstS ? "first" : usedS == secondS ? "second" : "other";
    }
}
