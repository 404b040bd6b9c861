package org.portolan.control.history.query;

import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Finds the place of a time in the history without walking to it. Read by many threads at once while the historian
 * writes.
 */
public interface TimeIndex {

    /** A commit on primary's line of first parents, and the wall-clock second it was made in. */
    record Mark(long second, ObjectId commit) {}

    /**
     * The newest commit on primary's line of first parents that was made at or before that second; empty when the
     * history that is kept begins later.
     */
    Optional<ObjectId> before(long epochSecond) throws IOException;

    /**
     * Commits of that line, newest first, in the order of the line; the last one is the oldest that is kept. Two marks
     * next to each other are to be closer than tombstones are kept, or what lies between them is walked through: else a
     * binding could have come, ended and been collected in between, and neither mark would show it.
     */
    Iterable<Mark> marks() throws IOException;
}
