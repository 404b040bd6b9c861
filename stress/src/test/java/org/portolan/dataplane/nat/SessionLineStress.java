package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker ends a session and opens the next one in its line while control takes a snapshot. */
@JCStressTest
@Outcome(
        id = "old session",
        expect = ACCEPTABLE,
        desc = "Control read before the line changed: it saw the same even generation on both sides of the fields.")
@Outcome(
        id = "new session",
        expect = ACCEPTABLE,
        desc = "Control read after the line changed: the acquire of the last generation shows all fields before it.")
@Outcome(
        id = "no session",
        expect = ACCEPTABLE,
        desc = "Control met the change: word 0, an odd generation, or another one after the read fence.")
@Outcome(
        id = "mixture",
        expect = FORBIDDEN,
        desc = "Fields of two sessions: a field's write passed the write fence after the odd generation, or the release"
                + " of the even one, or its read passed the read fence.")
@State
public class SessionLineStress {
    private final int session = StressedSessions.take();
    private final int before = StressedSessions.number(session);

    @Actor
    public void worker() {
        StressedSessions.replace(session);
    }

    @Actor
    public void control(final L_Result seen) {
        seen.r1 = StressedSessions.snapshot(session, before);
    }
}
