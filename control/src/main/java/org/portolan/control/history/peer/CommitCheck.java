package org.portolan.control.history.peer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.AnyObjectId;

/**
 * Whether a commit has the form that is written here. Stricter than git, so that stock git's fsck has nothing to say of
 * a history that took it in. A commit may be of tomorrow: some router's clock was ahead once, and its history is not to
 * be refused for it as long as that takes. Times are looked up on a router's own line; a router that holds nothing
 * begins its line with a peer's, but not with one that has such commits.
 *
 * <pre>
 *   tree ID
 *   parent ID                              none, one or two
 *   author NAME &lt;MAIL&gt; SECONDS ZONE
 *   committer NAME &lt;MAIL&gt; SECONDS ZONE
 *
 *   message                                to the end, without a zero byte
 * </pre>
 */
final class CommitCheck {
    private static final String WHO =
            "[^<>\\x00\\n]{1,200} <[^<>\\x00\\n ]{1,200}> (0|[1-9][0-9]{0,10}) [+-][0-9]{4}\\n";
    private static final Pattern HEADER = Pattern.compile(
            "tree [0-9a-f]{40}\\n(?:parent [0-9a-f]{40}\\n){0,2}author " + WHO + "committer " + WHO + "\\n");
    private static final int LONGEST_HEADER = 1_200;

    private static final int TREE_LINE = 46;
    private static final int PARENT_LINE = 48;
    private static final byte[] PARENT = "parent ".getBytes(StandardCharsets.ISO_8859_1);

    private CommitCheck() {}

    /** No more than two. */
    static void requireFewParents(final AnyObjectId id, final byte[] raw) throws BadPeerException {
        final int third = TREE_LINE + 2 * PARENT_LINE;
        if (raw.length >= third + PARENT.length
                && Arrays.equals(raw, third, third + PARENT.length, PARENT, 0, PARENT.length)) {
            throw malformed(id.name());
        }
    }

    private static BadPeerException malformed(final String name) {
        return new BadPeerException("has a commit %s that is not in the form of a history's".formatted(name));
    }

    /** @param name the commit's id, for the error */
    static void require(final String name, final byte[] raw) throws BadPeerException {
        final String head = new String(raw, 0, Math.min(raw.length, LONGEST_HEADER), StandardCharsets.ISO_8859_1);
        final Matcher header = HEADER.matcher(head);
        if (!header.lookingAt()) {
            throw malformed(name);
        }
        for (int i = 1; i <= 2; i++) {
            final long atS = Long.parseLong(header.group(i));
            if (atS > Integer.MAX_VALUE) {
                throw new BadPeerException("has a commit %s of %s, and times after 2038 are not read here"
                        .formatted(name, Instant.ofEpochSecond(atS)));
            }
        }
        for (int i = header.end(); i < raw.length; i++) {
            if (raw[i] == 0) {
                throw new BadPeerException("has a commit %s with a zero byte in its message".formatted(name));
            }
        }
    }
}
