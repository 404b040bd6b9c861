package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The worker publishes its table sizes while control reads one of them twice. */
@JCStressTest
@Outcome(
        id = {"old, old", "old, new", "new, new"},
        expect = ACCEPTABLE,
        desc = "Each read is whole, and the second is not older than the first: one word has one order of writes.")
@Outcome(
        id = "new, old",
        expect = FORBIDDEN,
        desc = "A size that goes back: the second acquire of one word passed the first.")
@Outcome(
        id = {".*, torn", "torn, .*"},
        expect = FORBIDDEN,
        desc = "Half of one size and half of another: an aligned long is written and read whole.")
@State
public class NatCountsStress {
    private static final long STEP = 0x1_0000_0001L;
    private static final int POOL = 1024;
    private static final NatCounts[] COUNTS = new NatCounts[POOL];

    static {
        Arrays.setAll(COUNTS, i -> new NatCounts(1));
    }

    private final NatCounts counts = COUNTS[StressedSessions.take() & POOL - 1];
    private final long before = counts.sessionsReclaimed();

    @Actor
    public void worker() {
        counts.publishSessions(1, 1, counts.sessionsReclaimed() + STEP);
    }

    @Actor
    public void control(final LL_Result seen) {
        seen.r1 = name(counts.sessionsReclaimed());
        seen.r2 = name(counts.sessionsReclaimed());
    }

    private String name(final long count) {
        // Both halves count alike.
        return (int) count != (int) (count >>> 32) ? "torn" : count == before ? "old" : "new";
    }
}
