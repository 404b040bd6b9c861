package org.portolan.control.history.query;

import java.util.Objects;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.util.RawParseUtils;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;

/** What a commit says that happened: read from its words, or from the binding before and after. */
public enum ChangeKind {
    CREATED("created", "Arp.create: ", false),
    ADDED("added", "entry added: ", false),
    MOVED("moved", "entry moved: ", false),
    EXPIRED("expired", "Arp.tick: updating to age out old entries: ", false),
    FLUSHED("flushed", "entry flushed: ", false),
    STATIC_ADDED("static-added", "static entry added: ", false),
    STATIC_REMOVED("static-removed", "static entry removed: ", false),
    /** Two routers had two live MACs, and a merge kept one of them. */
    CONFLICT("conflict", null, false),
    /** A peer's history came in. */
    MERGED("merged", "Arp.merge: ", false),
    /** An expiry branch came in: its own commits say what expired on it. */
    JOINED("joined", "Arp.tick: merge expiry branch", true),
    /** Signs of life and nothing else. */
    SEEN("seen", "entries seen: ", true),
    /** A tombstone left the table. */
    COLLECTED("collected", "Arp.gc: ", true),
    /** The wall clock was set back. */
    CLOCK("clock", "Arp.clock: ", true),
    /** Many changes, each with a line of its own. */
    MANY("changed", "entries changed: ", false),
    /** Not written by a router. */
    OTHER("other", null, false);

    private static final byte[] MEETING = Constants.encodeASCII(MERGED.prefix);

    /** What people and machines read. */
    public final String word;

    private final String prefix;
    private final boolean quiet;

    ChangeKind(final String word, final String prefix, final boolean quiet) {
        this.word = word;
        this.prefix = prefix;
        this.quiet = quiet;
    }

    /** Whether it tells nothing about who had which address, and is shown only when all is asked for. */
    public boolean isQuiet() {
        return quiet;
    }

    /** What a commit tells by its subject. */
    public static ChangeKind ofSubject(final String subject) {
        for (final ChangeKind kind : values()) {
            if (kind.prefix != null && subject.startsWith(kind.prefix.stripTrailing())) {
                return kind;
            }
        }
        return OTHER;
    }

    /**
     * Whether a commit brought in what a peer's history says: also one that does not name the peer's as its parent.
     *
     * @param raw as it is stored
     */
    public static boolean isOfPeer(final byte[] raw, final boolean isMerge) {
        final int from = RawParseUtils.commitMessage(raw, 0);
        final boolean isMeeting = from >= 0 && RawParseUtils.match(raw, from, MEETING) >= 0;
        return isMeeting || isMerge && !CommitMessage.parse(raw).isExpiry();
    }

    /** What a subject says behind the words that say its kind. */
    public String detail(final String subject) {
        return prefix == null || !subject.startsWith(prefix) ? subject : subject.substring(prefix.length());
    }

    /** The first word of a {@code Change:} line. */
    static ChangeKind ofWord(final String word) {
        return switch (word) {
            case "learned", "refreshed", "added" -> ADDED;
            case "moved" -> MOVED;
            case "expired" -> EXPIRED;
            case "flushed" -> FLUSHED;
            case "static-added" -> STATIC_ADDED;
            case "static-removed" -> STATIC_REMOVED;
            default -> OTHER;
        };
    }

    /** The router that saw what a binding says, or whose operator asked for it: its stamp names it. */
    public String observer(final Binding binding) {
        final boolean isPin = this == STATIC_ADDED || this == STATIC_REMOVED || binding.observed() == null;
        return isPin
                ? binding.pinned().stamp().router()
                : binding.observed().stamp().router();
    }

    /** @param before and after: null when the table did not have it */
    public static ChangeKind between(final Binding before, final Binding after) {
        if (after == null) {
            return COLLECTED;
        }
        final Pin pin = after.pinned();
        if (pin != null && (before == null || !pin.equals(before.pinned()))) {
            return pin.isSet() ? STATIC_ADDED : STATIC_REMOVED;
        }
        final Observation then = before == null ? null : before.observed();
        final Observation now = after.observed();
        if (now == null || Objects.equals(then, now)) {
            return OTHER;
        }
        if (now.state() == State.EXPIRED) {
            return EXPIRED;
        }
        if (now.state() == State.FLUSHED) {
            return FLUSHED;
        }
        if (then == null || !then.isLive()) {
            return ADDED;
        }
        if (then.mac() != now.mac()) {
            return MOVED;
        }
        return then.sinceS() == now.sinceS() ? SEEN : ADDED;
    }
}
