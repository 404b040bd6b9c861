package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** {@link SessionLineStress} with a planted race: the writer leaves out the generation. The harness has to find it. */
@JCStressTest
@Outcome(
        id = {"old session", "new session", "no session"},
        expect = ACCEPTABLE,
        desc = "Control did not meet the change.")
@Outcome(
        id = "mixture",
        expect = FORBIDDEN,
        desc = "Fields of two sessions under one generation: nothing says to control that the line was changing.")
@State
public class SessionLinePlanted {
    private final int session = StressedSessions.take();
    private final int before = StressedSessions.number(session);

    @Actor
    public void worker() {
        StressedSessions.overwritePlainly(session);
    }

    @Actor
    public void control(final L_Result seen) {
        seen.r1 = StressedSessions.snapshot(session, before);
    }
}
