package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker replaces a session while control reads its generation, then its word in the dense array. */
@JCStressTest
@Outcome(id = "old generation, old word", expect = ACCEPTABLE, desc = "Control read both before the session ended.")
@Outcome(
        id = "old generation, word 0",
        expect = ACCEPTABLE,
        desc = "The session ended between the two reads, or its word went first: free publishes 0 before the line.")
@Outcome(
        id = "old generation, new word",
        expect = ACCEPTABLE,
        desc = "Everything happened between the two reads: a command with both is refused, as the generation is old.")
@Outcome(
        id = "new generation, word 0",
        expect = ACCEPTABLE,
        desc = "The line was changing or changed, and its word is not published yet.")
@Outcome(
        id = "new generation, new word",
        expect = ACCEPTABLE,
        desc = "Control read both after the new session was opened.")
@Outcome(
        id = "new generation, old word",
        expect = FORBIDDEN,
        desc = "The word of an ended session under a later generation could free the wrong session: the release of the"
                + " generation comes after word 0, and its acquire shows that.")
@State
public class SessionEndStress {
    private final int session = StressedSessions.take();
    private final int generation = StressedSessions.reader().generation(session);
    private final int word = StressedSessions.reader().lastSeenWord(session);

    @Actor
    public void worker() {
        StressedSessions.replace(session);
    }

    @Actor
    public void control(final L_Result seen) {
        final int nowGeneration = StressedSessions.reader().generation(session);
        final int nowWord = StressedSessions.reader().lastSeenWord(session);
        seen.r1 = (nowGeneration == generation ? "old generation, " : "new generation, ")
                + (nowWord == 0 ? "word 0" : nowWord == word ? "old word" : "new word");
    }
}
