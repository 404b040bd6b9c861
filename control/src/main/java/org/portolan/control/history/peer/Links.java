package org.portolan.control.history.peer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.RawParseUtils;

/**
 * What a commit leads to, and when it was made. As small as that: JGit's own holds the whole text.
 *
 * @param atS the committer's time
 */
record Links(ObjectId tree, List<ObjectId> parents, long atS) {
    private static final int TREE = "tree ".length();
    private static final byte[] PARENT = "parent ".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME = 40;

    /** @param raw a commit that git's own check has passed */
    static Links of(final byte[] raw) {
        final List<ObjectId> parents = new ArrayList<>(2);
        int at = TREE + NAME + 1;
        for (int name = RawParseUtils.match(raw, at, PARENT); name > 0; name = RawParseUtils.match(raw, at, PARENT)) {
            parents.add(ObjectId.fromString(raw, name));
            at = name + NAME + 1;
        }
        final int mailEnd = RawParseUtils.next(raw, RawParseUtils.committer(raw, at), '>');
        return new Links(ObjectId.fromString(raw, TREE), parents, RawParseUtils.parseLongBase10(raw, mailEnd, null));
    }
}
