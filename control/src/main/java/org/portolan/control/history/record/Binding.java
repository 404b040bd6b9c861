package org.portolan.control.history.record;

import java.util.Objects;

/**
 * All that is remembered of one address on one segment.
 *
 * @param observed null when the address only ever was static
 * @param pinned null when it never was static; not both are null
 */
public record Binding(Observation observed, Pin pinned) {
    public Binding {
        if (observed == null && pinned == null) {
            throw new IllegalArgumentException("a binding of nothing");
        }
    }

    /** What both know: see the package's chapter for who wins. */
    public static Binding join(final Binding one, final Binding other) {
        final Observation observed = Observation.join(one.observed, other.observed);
        final Pin pinned = Pin.join(one.pinned, other.pinned);
        if (observed == one.observed && pinned == one.pinned) {
            return one;
        }
        return observed == other.observed && pinned == other.pinned ? other : new Binding(observed, pinned);
    }

    /** The MAC that holds: the pinned one, else the live one, else 0. */
    public long mac() {
        if (isStatic()) {
            return pinned.mac();
        }
        return observed != null && observed.isLive() ? observed.mac() : 0;
    }

    /** The MAC that holds and that an answer or an operator has confirmed, else 0: what is worth remembering. */
    public long confirmedMac() {
        return isStatic() || observed != null && observed.isConfirmed() ? mac() : 0;
    }

    /**
     * What is worth asking the address for when its pin, if it has one, is not this router's: what was seen and
     * confirmed, else what another router's operator pinned, else 0.
     */
    public long hintedMac() {
        return observed != null && observed.isLive() && observed.isConfirmed() ? observed.mac() : confirmedMac();
    }

    public boolean isStatic() {
        return pinned != null && pinned.isSet();
    }

    /** What people read: static, live, expired, flushed, or removed for a pin that went and never was observed. */
    public String state() {
        if (isStatic()) {
            return "static";
        }
        return observed == null ? "removed" : observed.state().text;
    }

    /** Whether nobody but this router has written any of it. */
    public boolean isAllOf(final String router) {
        return (observed == null || observed.stamp().router().equals(router))
                && (pinned == null || pinned.stamp().router().equals(router));
    }

    /** When it ended, wall-clock seconds; 0 while it holds. */
    public long endedS() {
        if (mac() != 0) {
            return 0;
        }
        final long observation = observed == null ? 0 : observed.endedS();
        return pinned == null ? observation : Math.max(observation, pinned.sinceS());
    }

    /**
     * The latest second that any of it speaks of, stamps included: a clock that was behind when it ended left the
     * others as they were, and no stamp is before the one that it replaced.
     */
    public long latestS() {
        final long seen = observed == null
                ? 0
                : Math.max(observed.latestS(), observed.stamp().seconds());
        return pinned == null
                ? seen
                : Math.max(seen, Math.max(pinned.sinceS(), pinned.stamp().seconds()));
    }

    /**
     * Whether the same binding was only seen again from one to the other, as far as both say. Learning begins a new
     * {@code since}; so only a peer's older memory could have brought back in between what was gone.
     */
    public boolean isSeenAgainAs(final Binding other) {
        return observed != null
                && other.observed != null
                && observed.isLive()
                && other.observed.isLive()
                && observed.mac() == other.observed.mac()
                && observed.sinceS() == other.observed.sinceS()
                && Objects.equals(pinned, other.pinned);
    }

    public Binding with(final Observation next) {
        return new Binding(next, pinned);
    }

    public Binding with(final Pin next) {
        return new Binding(observed, next);
    }
}
