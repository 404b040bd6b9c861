package org.portolan.dataplane.nat;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The worker refreshes a session, which writes no generation, while control reads the word and then the line. */
@JCStressTest
@Outcome(id = "old word, old line", expect = ACCEPTABLE, desc = "Control read both before the refresh.")
@Outcome(
        id = "old word, new line",
        expect = ACCEPTABLE,
        desc = "The line is written first; control judges the timer by the dense word, which the worker checks again.")
@Outcome(
        id = "new word, new line",
        expect = ACCEPTABLE,
        desc = "The word is released after the line's copy, so its acquire shows that.")
@Outcome(
        id = "new word, old line",
        expect = FORBIDDEN,
        desc = "The line's copy was written after the word in spite of the word's release.")
@Outcome(
        id = "not whole",
        expect = FORBIDDEN,
        desc = "A word that nobody wrote: an aligned int is written and read whole.")
@State
public class SessionRefreshStress {
    private final int session = StressedSessions.take();
    private final int word = StressedSessions.reader().lastSeenWord(session);
    private final int nextS = (word >>> 4) + 0x10101 & 0xFF_FFFF;
    private final int next = LastSeen.word(nextS, SessionState.UDP.code);

    @Actor
    public void worker() {
        final SessionTable table = StressedSessions.table();
        table.refresh(session, table.line(session), nextS, SessionState.UDP.code);
    }

    @Actor
    public void control(final L_Result seen) {
        final int now = StressedSessions.reader().lastSeenWord(session);
        final int inLine = StressedSessions.wordInLine(session);
        final boolean whole = (now == word || now == next) && (inLine == word || inLine == next);
        seen.r1 = whole
                ? (now == word ? "old word, " : "new word, ") + (inLine == word ? "old line" : "new line")
                : "not whole";
    }
}
