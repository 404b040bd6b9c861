package org.portolan.dataplane.io.packet;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** {@link ReceiveRingStress} with a planted race: the status goes before the frame. The harness has to find it. */
@JCStressTest
@Outcome(
        id = {"nothing, nothing", "whole frame, nothing", "nothing, whole frame", "whole frame, whole frame"},
        expect = ACCEPTABLE,
        desc = "The worker did not look in between.")
@Outcome(
        id = {"torn frame, .*", ".*, torn frame"},
        expect = FORBIDDEN,
        desc = "The slot was handed over before its frame was written.")
@State
public class ReceiveRingPlanted {
    private static final int POOL = 1024;
    private static final StressedRing[] RINGS = new StressedRing[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        Arrays.setAll(RINGS, i -> new StressedRing());
    }

    private final StressedRing ring = RINGS[NEXT.getAndIncrement() & POOL - 1];

    @Actor
    public void kernel() {
        ring.arriveTooEarly();
        ring.arriveTooEarly();
    }

    @Actor
    public void worker(final LL_Result seen) {
        seen.r1 = ring.receive();
        seen.r2 = ring.receive();
    }
}
