package org.portolan.control.history.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.util.RawParseUtils;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.MacText;
import org.portolan.control.history.query.HistoryQuery.LogEntry;

/**
 * The words of a commit: a subject, and trailers in its last paragraph. Whoever wrote it, reading it never fails: what
 * does not fit is not there.
 */
final class CommitMessage {
    private static final String CHANGE = "Change";
    private static final String CONFLICT = "Conflict";
    private static final String NONE = "-";

    private final String subject;
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private final List<String> changes = new ArrayList<>();
    private final List<String> conflicts = new ArrayList<>();

    private CommitMessage(final String text) {
        final int end = text.indexOf('\n');
        subject = end < 0 ? text : text.substring(0, end);
        final String body = text.stripTrailing();
        final int last = body.lastIndexOf("\n\n");
        if (last >= 0) {
            body.substring(last + 2).lines().forEach(this::trailer);
        }
    }

    /** @param raw a commit as it is written */
    static CommitMessage parse(final byte[] raw) {
        final int from = RawParseUtils.commitMessage(raw, 0);
        return new CommitMessage(from < 0 ? "" : new String(raw, from, raw.length - from, StandardCharsets.UTF_8));
    }

    private void trailer(final String line) {
        final int colon = line.indexOf(": ");
        if (colon > 0) {
            final String key = line.substring(0, colon);
            final String value = line.substring(colon + 2).strip();
            switch (key) {
                case CHANGE -> changes.add(value);
                case CONFLICT -> conflicts.add(value);
                default -> trailers.put(key, value);
            }
        }
    }

    String subject() {
        return subject;
    }

    /** Whether it says that an expiry branch came in. */
    boolean isExpiry() {
        return ChangeKind.ofSubject(subject) == ChangeKind.JOINED;
    }

    /** Who asked for it, or null. */
    String by() {
        return trailers.get("By");
    }

    /** All that the commit says, in the order in which it says it. */
    List<LogEntry> entries(final Commit commit) {
        final List<LogEntry> entries = new ArrayList<>();
        final ChangeKind kind = ChangeKind.ofSubject(subject);
        if (changes.isEmpty() || kind == ChangeKind.MERGED) {
            entries.add(whole(commit, isOfSightings(kind) ? ChangeKind.SEEN : kind));
        }
        for (final String change : changes) {
            entries.add(change(commit, change.split(" ")));
        }
        entries.addAll(conflicts(commit));
        return entries;
    }

    /** A peer that only saw again what we know. */
    private boolean isOfSightings(final ChangeKind kind) {
        return kind == ChangeKind.MERGED && changes.isEmpty() && subject.endsWith(" seen");
    }

    private LogEntry whole(final Commit commit, final ChangeKind kind) {
        final String address = address(trailers.get("Ip"));
        final String reason = trailers.get("Reason");
        return new LogEntry(
                commit.timeS(),
                kind,
                trailers.get("Segment"),
                address,
                mac(trailers.get("Mac-Old")),
                mac(trailers.get("Mac")),
                trailers.get("Interface"),
                address == null ? kind.detail(subject) : reason,
                by(),
                commit.router(),
                commit.id());
    }

    /** {@code KIND SEGMENT IP MAC-OLD MAC}, a hyphen where there is no MAC; in a merge also who saw it. */
    private LogEntry change(final Commit commit, final String[] words) {
        final boolean right = (words.length == 5 || words.length == 6) && address(words[2]) != null;
        if (!right) {
            return whole(commit, ChangeKind.OTHER);
        }
        final long old = mac(words[3]);
        final long mac = mac(words[4]);
        return new LogEntry(
                commit.timeS(),
                ChangeKind.ofWord(words[0]),
                words[1],
                words[2],
                mac == 0 ? 0 : old,
                mac == 0 ? old : mac,
                null,
                null,
                null,
                words.length == 6 ? words[5] : commit.router(),
                commit.id());
    }

    /** What a merge says of two MACs for one address: {@code IP MAC-kept over MAC-lost}. */
    List<LogEntry> conflicts(final Commit commit) {
        final List<LogEntry> entries = new ArrayList<>();
        for (final String conflict : conflicts) {
            final String[] words = conflict.split(" ");
            if (words.length == 4 && address(words[0]) != null && words[2].equals("over")) {
                entries.add(new LogEntry(
                        commit.timeS(),
                        ChangeKind.CONFLICT,
                        null,
                        words[0],
                        mac(words[3]),
                        mac(words[1]),
                        null,
                        subject,
                        null,
                        commit.router(),
                        commit.id()));
            }
        }
        return entries;
    }

    private static String address(final String text) {
        return text != null && Ipv4Text.isAddress(text) ? text : null;
    }

    private static long mac(final String text) {
        return text == null || text.equals(NONE) || !MacText.isMac(text) ? 0 : MacText.parse(text);
    }
}
