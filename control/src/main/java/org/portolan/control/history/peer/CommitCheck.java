package org.portolan.control.history.peer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a commit has the form that is written here, and the one time that can be wrong about it. Stricter than git,
 * so that stock git's fsck has nothing to say of a history that took it in.
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
    /** A peer's clock may be wrong, and then its times are; by more than this it is broken. */
    static final long FUTURE_S = 86_400;

    private static final String WHO =
            "[^<>\\x00\\n]{1,200} <[^<>\\x00\\n ]{1,200}> (0|[1-9][0-9]{0,10}) [+-][0-9]{4}\\n";
    private static final Pattern HEADER = Pattern.compile(
            "tree [0-9a-f]{40}\\n(?:parent [0-9a-f]{40}\\n){0,2}author " + WHO + "committer " + WHO + "\\n");
    private static final int LONGEST_HEADER = 1_200;

    private CommitCheck() {}

    /** @param name the commit's id, for the error */
    static void require(final String name, final byte[] raw, final long nowS) throws BadPeerException {
        final String head = new String(raw, 0, Math.min(raw.length, LONGEST_HEADER), StandardCharsets.ISO_8859_1);
        final Matcher header = HEADER.matcher(head);
        if (!header.lookingAt()) {
            throw new BadPeerException("has a commit %s that is not in the form of a history's".formatted(name));
        }
        for (int i = 1; i <= 2; i++) {
            final long atS = Long.parseLong(header.group(i));
            if (atS > nowS + FUTURE_S) {
                throw new BadPeerException(
                        "has a commit %s of %s, which is not yet: set the clock of who wrote it, or of this router"
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
