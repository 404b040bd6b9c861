package org.portolan.control.history.query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.dataplane.wire.Ethernet;

/**
 * All that happened to this router's table, or all that happened to one MAC, newest first: as the commits say it, all
 * of them read. What a peer's history brought is told by the commit that brought it, when it did.
 */
final class MessageLog {
    private final Reading reading;
    private final DateWalk walk;
    private final LogQuery query;
    private final byte[] macText;

    MessageLog(final Reading reading, final Commit from, final LogQuery query) throws IOException {
        this.reading = reading;
        this.query = query;
        walk = new DateWalk(reading, List.of(from.id()), this::ownParents);
        macText = query.mac() == 0
                ? new byte[0]
                : Ethernet.describeMac(query.mac()).getBytes(StandardCharsets.US_ASCII);
    }

    /** Expiry branches are ours; a peer's line is not. */
    private List<ObjectId> ownParents(final Commit commit) throws IOException {
        return commit.isMerge()
                        && !CommitMessage.parse(reading.raw(commit.id())).isExpiry()
                ? List.of(commit.parents().getFirst())
                : commit.parents();
    }

    void write(final AddressLog.Sink sink) throws IOException {
        for (Optional<Commit> next = walk.next(); next.isPresent(); next = walk.next()) {
            final Commit commit = next.get();
            if (commit.timeS() < query.sinceS()) {
                return;
            }
            final byte[] raw = reading.raw(commit.id());
            if (!holds(raw, macText)) {
                continue;
            }
            for (final LogEntry entry : CommitMessage.parse(raw).entries(commit)) {
                final boolean asked = query.mac() == 0 || entry.isAbout(query.mac());
                if (asked && (query.withQuiet() || !entry.kind().isQuiet()) && !sink.take(entry)) {
                    return;
                }
            }
        }
    }

    /** Most commits do not speak of the MAC, and need not be parsed. */
    private static boolean holds(final byte[] text, final byte[] word) {
        for (int at = 0; at <= text.length - word.length; at++) {
            int same = 0;
            while (same < word.length && text[at + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return true;
            }
        }
        return false;
    }
}
