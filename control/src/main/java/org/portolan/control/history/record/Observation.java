package org.portolan.control.history.record;

import java.util.Comparator;
import org.portolan.dataplane.neighbor.NeighborReason;

/**
 * What was seen on the wire last: an address had this MAC, has it still or no more.
 *
 * @param mac 48 bits; kept when it is over
 * @param sinceS wall-clock second in which this MAC was first seen with this address
 * @param seenS last confirmed, coarse: a refresh alone writes nothing
 * @param endedS when it expired or was flushed, 0 while it is live
 * @param reason why it is so, one line
 * @param interfaceName the observer's
 */
public record Observation(
        State state, long mac, long sinceS, long seenS, long endedS, String reason, String interfaceName, Stamp stamp) {

    /** In the order of what wins at one stamp count. */
    public enum State {
        LIVE("live"),
        EXPIRED("expired"),
        FLUSHED("flushed");

        public final String text;

        State(final String text) {
            this.text = text;
        }
    }

    private static final Comparator<Observation> ORDER = Comparator.comparingLong(
                    (Observation each) -> each.stamp.count())
            .thenComparing(Observation::state)
            .thenComparing(each -> each.stamp.router())
            .thenComparingLong(Observation::mac)
            .thenComparingLong(Observation::endedS)
            .thenComparingLong(Observation::seenS)
            .thenComparingLong(Observation::sinceS)
            .thenComparing(Observation::reason)
            .thenComparing(Observation::interfaceName);

    public boolean isLive() {
        return state == State.LIVE;
    }

    /** Whether a question was ever answered with this MAC: else a host said it of itself, and nobody asked. */
    public boolean isConfirmed() {
        return !reason.equals(NeighborReason.ASKED_US.text);
    }

    /** The greater of two, either of which may be null. */
    public static Observation join(final Observation one, final Observation other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return ORDER.compare(one, other) >= 0 ? one : other;
    }

    /**
     * Whether it says that what the other one saw is over: the one record that a router writes under another's stamp.
     */
    public boolean isExpiryOf(final Observation other) {
        return state == State.EXPIRED
                && mac == other.mac
                && sinceS == other.sinceS
                && interfaceName.equals(other.interfaceName);
    }

    /** The latest of its times, wall-clock second. */
    public long latestS() {
        return Math.max(endedS, Math.max(sinceS, seenS));
    }

    /** The same, seen again: a question was answered with it, so that it is confirmed now if it was not before. */
    public Observation seen(final long atS, final Stamp by) {
        final String why = isConfirmed() ? reason : NeighborReason.ANSWERED.text;
        return new Observation(State.LIVE, mac, sinceS, atS, 0, why, interfaceName, by);
    }

    /** The same, over: it fell silent or nobody wanted it any more. Keeps its stamp. */
    public Observation expired(final long lastSeenS, final long atS, final String why) {
        return new Observation(State.EXPIRED, mac, sinceS, lastSeenS, atS, why, interfaceName, stamp);
    }

    /** The same, removed by somebody. */
    public Observation flushed(final long lastSeenS, final long atS, final String why, final Stamp by) {
        return new Observation(State.FLUSHED, mac, sinceS, lastSeenS, atS, why, interfaceName, by);
    }
}
