package org.portolan.control.history.pack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * A commit as it is stored, the parents behind a boundary included. JGit's own walks keep every commit that they met.
 *
 * @param timeS the committer's
 */
public record RawCommit(ObjectId id, ObjectId tree, List<ObjectId> parents, long timeS) {
    private static final int TREE_AT = "tree ".length();
    private static final int TREE_LINE = TREE_AT + Constants.OBJECT_ID_STRING_LENGTH + 1;
    private static final int PARENT_AT = "parent ".length();
    private static final int PARENT_LINE = PARENT_AT + Constants.OBJECT_ID_STRING_LENGTH + 1;

    public static RawCommit read(final ObjectReader reader, final AnyObjectId id) throws IOException {
        return parse(id, reader.open(id, Constants.OBJ_COMMIT).getCachedBytes());
    }

    /** @throws CorruptObjectException when it is not a commit */
    public static RawCommit parse(final AnyObjectId id, final byte[] raw) throws CorruptObjectException {
        try {
            final List<ObjectId> parents = new ArrayList<>(2);
            int at = TREE_LINE;
            while (raw[at] == 'p') {
                parents.add(ObjectId.fromString(raw, at + PARENT_AT));
                at += PARENT_LINE;
            }
            final int committer = RawParseUtils.committer(raw, at);
            final int time = RawParseUtils.nextLF(raw, committer, '>') + 1;
            final long timeS = RawParseUtils.parseLongBase10(raw, time, null);
            return new RawCommit(id.copy(), ObjectId.fromString(raw, TREE_AT), List.copyOf(parents), timeS);
        } catch (final IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CorruptObjectException(id.copy(), "it is not a commit");
        }
    }
}
