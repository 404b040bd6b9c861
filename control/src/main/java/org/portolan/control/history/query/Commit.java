package org.portolan.control.history.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.RawParseUtils;
import org.portolan.control.history.store.HistoryException;

/**
 * The head of a commit, without its message. JGit's RevWalk keeps each commit that it ever saw until it is closed; a
 * walk through a year wants to keep none.
 *
 * @param parents none at the boundary of what is kept, though the commit names some
 * @param timeS the committer's clock
 * @param router the author
 * @param boundary whether older commits were there once
 */
record Commit(ObjectId id, ObjectId tree, List<ObjectId> parents, long timeS, String router, boolean boundary) {
    private static final int NAME_CHARS = 2 * Constants.OBJECT_ID_LENGTH;
    private static final byte[] TREE = Constants.encodeASCII("tree ");
    private static final byte[] PARENT = Constants.encodeASCII("parent ");

    static Commit parse(final ObjectId id, final byte[] raw, final boolean boundary) throws HistoryException {
        try {
            if (RawParseUtils.match(raw, 0, TREE) < 0) {
                throw damaged(id, null);
            }
            final ObjectId tree = ObjectId.fromString(raw, TREE.length);
            int at = TREE.length + NAME_CHARS + 1;
            final List<ObjectId> parents = new ArrayList<>(2);
            while (RawParseUtils.match(raw, at, PARENT) >= 0) {
                parents.add(ObjectId.fromString(raw, at + PARENT.length));
                at += PARENT.length + NAME_CHARS + 1;
            }
            return new Commit(
                    id, tree, boundary ? List.of() : List.copyOf(parents), time(id, raw), author(id, raw), boundary);
        } catch (final IndexOutOfBoundsException | IllegalArgumentException e) {
            throw damaged(id, e);
        }
    }

    private static long time(final ObjectId id, final byte[] raw) throws HistoryException {
        final int from = RawParseUtils.committer(raw, 0);
        if (from < 0) {
            throw damaged(id, null);
        }
        int mail = RawParseUtils.nextLF(raw, from) - 1;
        while (mail > from && raw[mail] != '>') {
            mail--;
        }
        return RawParseUtils.parseLongBase10(raw, mail + 1, null);
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
        return parents.size() > 1;
    }
}
