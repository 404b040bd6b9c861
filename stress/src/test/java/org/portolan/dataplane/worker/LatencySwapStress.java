package org.portolan.dataplane.worker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The worker counts a latency and swaps the sets of counts while control waits for the swap and takes the counts. */
@JCStressTest
@Outcome(
        id = "not swapped, 1 afterwards",
        expect = ACCEPTABLE,
        desc = "Control did not wait long enough; nothing is lost, the count is there for the next look.")
@Outcome(
        id = "1 at the swap, 0 afterwards",
        expect = ACCEPTABLE,
        desc = "The volatile read of the epoch shows the counts and the time before its volatile write.")
@Outcome(
        id = "0 at the swap, .*",
        expect = FORBIDDEN,
        desc = "Control saw the swap, but not the count before it: the count passed the epoch.")
@Outcome(
        id = "old time at the swap, .*",
        expect = FORBIDDEN,
        desc = "Control saw the swap, but not its time, which is written before the epoch.")
@State
public class LatencySwapStress {
    private static final int LOOKS = 200;
    private static final int POOL = 512;
    private static final Latency[] LATENCIES = new Latency[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        Arrays.setAll(LATENCIES, i -> new Latency());
    }

    private final Latency latency = LATENCIES[NEXT.getAndIncrement() & POOL - 1];
    private final int epoch = latency.epoch();
    private final long swappedNs = latency.swappedNs();

    @Actor
    public void worker() {
        latency.note(1);
        latency.handedOver(Direction.OUTBOUND);
        latency.swap();
    }

    @Actor
    public void control(final LL_Result seen) {
        seen.r1 = "not swapped";
        for (int look = 0; look < LOOKS; look++) {
            if (latency.epoch() != epoch) {
                seen.r1 = latency.swappedNs() == swappedNs ? "old time at the swap" : drain() + " at the swap";
                return;
            }
        }
    }

    @Arbiter
    public void afterwards(final LL_Result seen) {
        seen.r2 = drain() + " afterwards";
    }

    private long drain() {
        final Histogram into = Latency.histogram();
        latency.drainIdle(Direction.OUTBOUND, into);
        return into.getTotalCount();
    }
}
