package org.portolan.dataplane.io.packet;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** The worker puts two frames into the one slot of a transmit ring while the kernel sends what asks for it. */
@JCStressTest
@Outcome(
        id = "(put|no slot), (put|no slot), (nothing|whole frame), (nothing|whole frame)",
        expect = ACCEPTABLE,
        desc = "The acquire of SEND_REQUEST shows the whole frame, and that of AVAILABLE comes before the next frame's"
                + " first write.")
@Outcome(
        id = ".*torn frame.*",
        expect = FORBIDDEN,
        desc = "Bytes of another frame would leave: a write of the frame passed the release of SEND_REQUEST, or began"
                + " before the kernel's release of AVAILABLE was seen.")
@State
public class TransmitRingStress {
    private static final int POOL = 1024;
    private static final StressedRing[] RINGS = new StressedRing[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        Arrays.setAll(RINGS, i -> new StressedRing());
    }

    private final StressedRing ring = RINGS[NEXT.getAndIncrement() & POOL - 1];

    @Actor
    public void worker(final LLLL_Result seen) {
        seen.r1 = ring.put();
        seen.r2 = ring.put();
    }

    @Actor
    public void kernel(final LLLL_Result seen) {
        seen.r3 = ring.transmit();
        seen.r4 = ring.transmit();
    }
}
