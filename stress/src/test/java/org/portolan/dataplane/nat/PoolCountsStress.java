package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker takes a port and lets it rest while control asks for the ports in use. */
@JCStressTest
@Outcome(
        id = {"not taken, not resting", "taken, not resting", "taken, resting"},
        expect = ACCEPTABLE,
        desc = "The worker counts the port as taken, then as resting; control may read between the two.")
@Outcome(
        id = "not taken, resting",
        expect = FORBIDDEN,
        desc = "Control read resting first: its acquire shows the port taken, which was released before.")
@Outcome(id = "other", expect = FORBIDDEN, desc = "A count that the worker never wrote.")
@State
public class PoolCountsStress {
    private static final int UDP = 17;
    private static final int PORT = 5000;
    private static final PoolCounts COUNTS = new PoolCounts(StressedSessions.SLOTS);
    private final int number = StressedSessions.take();
    private final int taken = COUNTS.taken(number, UDP);
    private final int resting = COUNTS.resting(number, UDP);

    @Actor
    public void worker() {
        COUNTS.addTaken(number, UDP, PORT, 1);
        COUNTS.addResting(number, UDP, 1);
    }

    @Actor
    public void control(final L_Result seen) {
        final int restingNow = COUNTS.resting(number, UDP) - resting;
        final int takenNow = COUNTS.taken(number, UDP) - taken;
        final boolean known = (restingNow | 1) == 1 && (takenNow | 1) == 1;
        seen.r1 = known
                ? (takenNow == 1 ? "taken, " : "not taken, ") + (restingNow == 1 ? "resting" : "not resting")
                : "other";
    }
}
