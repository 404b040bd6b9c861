package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker changes the state of a session, which needs no odd generation, while control reads both. */
@JCStressTest
@Outcome(id = "old generation, old state", expect = ACCEPTABLE, desc = "Control read both before the change.")
@Outcome(
        id = "old generation, new state",
        expect = ACCEPTABLE,
        desc = "The state is written first; a snapshot sees another generation behind its read fence and is refused.")
@Outcome(
        id = "new generation, new state",
        expect = ACCEPTABLE,
        desc = "The generation is released after the state, so its acquire shows the state.")
@Outcome(
        id = "new generation, old state",
        expect = FORBIDDEN,
        desc = "A snapshot would have the earlier state under the later generation: the state passed the release.")
@Outcome(
        id = "odd generation",
        expect = FORBIDDEN,
        desc = "One word changes, so the line is whole at every moment and no reader has to wait.")
@State
public class SessionStateStress {
    private final int session = StressedSessions.take();
    private final int generation = StressedSessions.reader().generation(session);
    private final int state = LastSeen.stateCode(StressedSessions.wordInLine(session));
    private final int next = state == SessionState.UDP.code ? SessionState.UDP.code + 1 : SessionState.UDP.code;

    @Actor
    public void worker() {
        final SessionTable table = StressedSessions.table();
        table.changeState(table.line(session), next);
    }

    @Actor
    public void control(final L_Result seen) {
        final int now = StressedSessions.reader().generation(session);
        final int code = LastSeen.stateCode(StressedSessions.wordInLine(session));
        seen.r1 = (now & 1) != 0
                ? "odd generation"
                : (now == generation ? "old generation, " : "new generation, ")
                        + (code == state ? "old state" : "new state");
    }
}
