package org.portolan.control.history.peer;

import java.time.Instant;
import java.util.Map;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;
import org.portolan.dataplane.wire.Ethernet;

/**
 * What this router takes of a peer's table. A record that is left out stays as it is in the peer's table and in its
 * history; the rest of what the peer says is taken, because an honest peer passes on what it cannot judge. For each
 * address:
 *
 * <pre>
 *   a pin, and this router holds one                    left out: a pin of this router is its operators' alone
 *   it would not win against what is held here          taken: it changes nothing
 *   its stamp or its times are more than a day ahead    left out until then
 *   under this router's name, and not said by it        left out
 *   else                                                taken
 * </pre>
 *
 * <p>This router holds the greatest stamp that it ever gave to an address. So a greater one under its name is
 * another's, with these exceptions: an expiry of what it saw, by whoever asked in vain, has the stamp of what it ends;
 * an address may have been collected here and come back; and what is older than the repository may be of an earlier
 * one. The last two are taken as what was seen, which is probed, and never as a pin.
 */
public final class PeerFilter {
    /** A clock may be wrong by so much: what is further ahead waits. */
    public static final long AHEAD_S = 86_400;

    private static final long MICROS = 1_000_000;

    private final String router;
    private final long born;
    private final Map<BindingKey, Pin> pins;
    private final long nowS;
    private final long collectedS;
    private final boolean isSeed;
    private int forged;
    private int early;
    private long dueS = Long.MAX_VALUE;
    private String first = "";

    /**
     * @param router this router's name
     * @param born the first stamp that this repository may have given out
     * @param pins this router's
     * @param nowS the wall clock
     * @param collectedS records that ended earlier may have been collected
     * @param isSeed whether a history that holds nothing may begin with the peer's
     */
    public PeerFilter(
            final String router,
            final long born,
            final Map<BindingKey, Pin> pins,
            final long nowS,
            final long collectedS,
            final boolean isSeed) {
        this.router = router;
        this.born = born;
        this.pins = pins;
        this.nowS = nowS;
        this.collectedS = collectedS;
        this.isSeed = isSeed;
    }

    boolean isSeed() {
        return isSeed;
    }

    /**
     * What of theirs is to be joined with ours.
     *
     * @param ours null when nothing is known here
     * @return theirs itself when all of it is taken; null when nothing is
     */
    Binding admit(final BindingKey key, final Binding ours, final Binding theirs) {
        final Observation seen = observed(key, ours == null ? null : ours.observed(), theirs.observed());
        final Pin pinned = pinned(key, ours == null ? null : ours.pinned(), theirs.pinned());
        if (seen == theirs.observed() && pinned == theirs.pinned()) {
            return theirs;
        }
        return seen == null && pinned == null ? null : new Binding(seen, pinned);
    }

    private Observation observed(final BindingKey key, final Observation ours, final Observation theirs) {
        if (Observation.join(ours, theirs) == ours) {
            return theirs;
        }
        final String what = theirs.state().text + " " + Ethernet.describeMac(theirs.mac());
        if (isEarly(key, theirs.stamp(), theirs.latestS(), what)) {
            return ours;
        }
        final boolean isExpiry = ours != null && theirs.stamp().equals(ours.stamp()) && theirs.isExpiryOf(ours);
        final boolean isKnown = isExpiry || mayBeSaid(ours == null ? null : ours.stamp(), theirs.stamp());
        return isKnown || isOthers(key, theirs.stamp(), what) ? theirs : ours;
    }

    private Pin pinned(final BindingKey key, final Pin ours, final Pin theirs) {
        if (Pin.join(ours, theirs) == ours) {
            return theirs;
        }
        final String what = theirs.isSet() ? "static " + Ethernet.describeMac(theirs.mac()) : "static removed";
        if (pins.containsKey(key)) {
            isOthers(key, theirs.stamp(), what);
            return ours;
        }
        if (isEarly(key, theirs.stamp(), theirs.sinceS(), what)) {
            return ours;
        }
        final boolean isSaid = !theirs.isSet() && mayBeSaid(ours == null ? null : ours.stamp(), theirs.stamp());
        return isSaid || isOthers(key, theirs.stamp(), what) ? theirs : ours;
    }

    private boolean isEarly(final BindingKey key, final Stamp stamp, final long latestS, final String what) {
        if (stamp.count() <= (nowS + AHEAD_S) * MICROS && latestS <= nowS + AHEAD_S) {
            return false;
        }
        early++;
        dueS = Math.min(dueS, Math.max(Math.ceilDiv(stamp.count(), MICROS), latestS) - AHEAD_S);
        sayFirst("%s: %s (stamp %s, %s), which is more than a day ahead: check the clock of router %s, and of this one"
                .formatted(
                        key,
                        what,
                        stamp,
                        Instant.ofEpochSecond(Math.max(latestS, stamp.count() / MICROS)),
                        stamp.router()));
        return true;
    }

    /**
     * Whether this router may have said it, and hold it no more: in an earlier life, or so long ago that it was
     * collected.
     */
    private boolean mayBeSaid(final Stamp ours, final Stamp theirs) {
        return theirs.count() < born || theirs.count() < collectedS * MICROS && (ours == null || !isUnderOurName(ours));
    }

    private boolean isUnderOurName(final Stamp stamp) {
        return stamp.router().equals(router);
    }

    /** Whether it is under another router's name; if not, it is one that this router never said. */
    private boolean isOthers(final BindingKey key, final Stamp stamp, final String what) {
        if (!isUnderOurName(stamp)) {
            return true;
        }
        forged++;
        sayFirst(("%s: %s (stamp %s), which this router never said. Somebody forges it, or another router is named %s:"
                        + " give each router a name of its own (router.name)")
                .formatted(key, what, stamp, router));
        return false;
    }

    private void sayFirst(final String sentence) {
        if (first.isEmpty()) {
            first = sentence;
        }
    }

    /** How many records were left out. */
    public int leftOut() {
        return forged + early;
    }

    /** Whether some will be taken when their time has come. */
    public boolean isAnyEarly() {
        return early > 0;
    }

    /** When the first of those can be taken, by the wall clock; {@link Long#MAX_VALUE} when there is none. */
    public long dueS() {
        return dueS;
    }

    /** The first of them, and why; empty when there is none. */
    public String first() {
        return first;
    }
}
