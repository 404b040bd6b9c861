package org.portolan.control.history.query;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.RawParseUtils;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.store.HistoryException;

/**
 * The head of a commit, without its message. JGit's RevWalk keeps each commit that it ever saw until it is closed; a
 * walk through a year wants to keep none.
 *
 * @param stored as it was written
 * @param router the author
 * @param boundary whether older commits were there once
 */
record Commit(RawCommit stored, String router, boolean boundary) {

    static Commit parse(final ObjectId id, final byte[] raw, final boolean boundary) throws HistoryException {
        try {
            return new Commit(RawCommit.parse(id, raw), author(id, raw), boundary);
        } catch (final CorruptObjectException | IndexOutOfBoundsException e) {
            throw damaged(id, e);
        }
    }

    ObjectId id() {
        return stored.id();
    }

    ObjectId tree() {
        return stored.tree();
    }

    /** None at the boundary of what is kept, though the commit names some. */
    List<ObjectId> parents() {
        return boundary ? List.of() : stored.parents();
    }

    /** The committer's clock. */
    long timeS() {
        return stored.timeS();
    }

    private static String author(final ObjectId id, final byte[] raw) throws HistoryException {
        final int from = RawParseUtils.author(raw, 0);
        if (from < 0) {
            throw damaged(id, null);
        }
        int end = from;
        while (raw[end] != '<' && raw[end] != '\n') {
            end++;
        }
        return new String(raw, from, end - from, StandardCharsets.UTF_8).strip();
    }

    private static HistoryException damaged(final ObjectId id, final Exception cause) {
        return new HistoryException("the history's commit %s is damaged".formatted(id.name()), cause);
    }

    boolean isMerge() {
        return parents().size() > 1;
    }
}
