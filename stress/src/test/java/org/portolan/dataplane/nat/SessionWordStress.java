package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker opens the next session in a line while control reads the word first and the line after it. */
@JCStressTest
@Outcome(
        id = "old word",
        expect = ACCEPTABLE,
        desc = "Control read before the session ended; only the generation says whether the line is its own still.")
@Outcome(id = "word 0", expect = ACCEPTABLE, desc = "The old session had ended and the new one was not published yet.")
@Outcome(
        id = "new word, new line",
        expect = ACCEPTABLE,
        desc = "The word is released after the line, so its acquire shows the line that it belongs to.")
@Outcome(
        id = "new word, old line",
        expect = FORBIDDEN,
        desc = "A word in the dense array without its line: the line's write passed the release of the word.")
@State
public class SessionWordStress {
    private final int session = StressedSessions.take();
    private final int word = StressedSessions.reader().lastSeenWord(session);

    @Actor
    public void worker() {
        StressedSessions.replace(session);
    }

    @Actor
    public void control(final L_Result seen) {
        final int now = StressedSessions.reader().lastSeenWord(session);
        final int inLine = StressedSessions.wordInLine(session);
        if (now == 0) {
            seen.r1 = "word 0";
        } else if (now == word) {
            seen.r1 = "old word";
        } else {
            seen.r1 = inLine == now ? "new word, new line" : "new word, old line";
        }
    }
}
