/**
 * Reads the history: who had which address, when, and what happened; and how it came to be, as a graph.
 *
 * <pre>
 *   HistoryQuery  the questions and their answers; each question opens one Reading
 *
 *   who finds a time         TimeIndex      the commit of a second, and marks along primary's line
 *   reads a table            TableScan      the tree of one commit
 *   who tells of an address  HoldingSearch  who had it: back along the line, and forward by marks
 *                            AddressLog     what happened to it: the line, passed over where both ends say the same
 *                            AddressLine    the search along one line that both use; AddressFinder looks into one tree
 *   who tells of all         MessageLog     the words of every commit of ours, for the whole table or for one MAC
 *                            CommitMessage  the words of one commit; ChangeKind is what they say
 *   who draws the graph      GraphReader    the newest commits; Lanes puts them into columns
 *   who tells of itself      HistoryStatus  how the history is doing, as rows
 *
 *   Reading       one question's view of the repository: a reader of its own, bounded caches, a client that may leave
 *   Commit        the head of a commit, without its words
 * </pre>
 *
 * <p><b>Why it does not walk.</b> A binding's text holds a stamp that is used once, so a file with the same id at both
 * ends of a stretch was not touched in between. Marks ({@link org.portolan.control.history.query.TimeIndex}) cut a
 * year into stretches, in the order of the line, whatever the clock showed; those that are the same at both ends are
 * passed over with a look at a tree. A refresh writes a new text and keeps {@code since}; learning begins a new one: so
 * the log, which leaves refreshes out, passes over those too, except where a peer brought the address: a peer that
 * refreshed what it had not seen go brings the old {@code since} back. Each mark says which addresses peers brought in
 * its stretch; only there each commit is read. Measured by {@code QueryProbe}, over 200,000 commits of a year, warm,
 * CPU time on an AMD EPYC VM: the log of an address that was learned at the beginning takes 8 ms, the last 50 changes
 * of one that moves 115 ms, a table of 10,000 neighbors that was asked for before 7 ms, who had an address at half of
 * it 2 ms. The log of a MAC that never was reads every commit: 1.3 s.
 *
 * <p><b>Whose past.</b> The first parents of primary are this router's own tables. All but the graph follow them: what
 * a peer's history brought happened when it was merged, and what was answered once is answered again.
 *
 * <p><b>What is bounded.</b> JGit's RevWalk keeps each commit that it saw; here a walk keeps its front, the bindings
 * that were read last, and a stretch of at most 256 commits for each line that it follows.
 *
 * <p>Knows {@code record}, {@code pack} and {@code store}, and JGit. Nothing here writes.
 */
package org.portolan.control.history.query;
