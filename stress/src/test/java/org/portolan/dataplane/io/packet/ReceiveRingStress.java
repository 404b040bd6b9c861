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

/** The kernel fills the one slot of a receive ring twice while the worker takes, reads and gives back twice. */
@JCStressTest
@Outcome(
        id = {"nothing, nothing", "whole frame, nothing", "nothing, whole frame", "whole frame, whole frame"},
        expect = ACCEPTABLE,
        desc = "The acquire of USER shows the whole frame, and the release of KERNEL comes after the last read of it.")
@Outcome(
        id = {"torn frame, .*", ".*, torn frame"},
        expect = FORBIDDEN,
        desc =
                "Bytes of another frame: the frame passed the kernel's release of USER, or the worker's reads its release of"
                        + " KERNEL.")
@State
public class ReceiveRingStress {
    private static final int POOL = 1024;
    private static final StressedRing[] RINGS = new StressedRing[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        Arrays.setAll(RINGS, i -> new StressedRing());
    }

    private final StressedRing ring = RINGS[NEXT.getAndIncrement() & POOL - 1];

    @Actor
    public void kernel() {
        ring.arrive();
        ring.arrive();
    }

    @Actor
    public void worker(final LL_Result seen) {
        seen.r1 = ring.receive();
        seen.r2 = ring.receive();
    }
}
