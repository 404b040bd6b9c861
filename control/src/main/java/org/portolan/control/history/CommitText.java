package org.portolan.control.history;

import java.util.List;
import org.portolan.control.history.record.UtcText;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** The words of a commit: a subject for people, trailers for machines (git-interpret-trailers(1)). */
final class CommitText {
    static final String AGE_OUT = "Arp.tick: updating to age out old entries";
    static final String MERGE_EXPIRY = "Arp.tick: merge expiry branch\n";

    private CommitText() {}

    /** One change, or many in one commit when there was no time for one each. */
    static String of(final List<Change> changes, final Wire[] wires) {
        return changes.size() == 1 ? one(changes.get(0), wires) : many(changes, wires);
    }

    private static String one(final Change change, final Wire[] wires) {
        final Wire wire = wires[change.port()];
        final String address = Ipv4.describeAddress(change.address());
        final String mac = Ethernet.describeMac(change.mac() == 0 ? change.macOld() : change.mac());
        final StringBuilder text = new StringBuilder(256);
        text.append(subject(change))
                .append(": ")
                .append(address)
                .append(" -> ")
                .append(mac)
                .append("\n\n");
        trailer(text, "Ip", address);
        trailer(text, "Mac", mac);
        if (change.macOld() != 0 && change.mac() != 0) {
            trailer(text, "Mac-Old", Ethernet.describeMac(change.macOld()));
        }
        trailer(text, "Interface", wire.interfaceName());
        trailer(text, "Segment", wire.segment());
        trailer(text, "Reason", change.reason());
        if (!change.by().isEmpty()) {
            trailer(text, "By", change.by());
        }
        return text.toString();
    }

    private static void trailer(final StringBuilder text, final String key, final String value) {
        text.append(key).append(": ").append(value).append('\n');
    }

    private static String subject(final Change change) {
        return switch (change.kind()) {
            case LEARNED, REFRESHED -> "entry added";
            case MOVED -> "entry moved";
            case FLUSHED -> "entry flushed";
            case EXPIRED -> AGE_OUT;
            case STATIC_ADDED -> "static entry added";
            case STATIC_REMOVED -> "static entry removed";
            case DUE, DISPUTED -> throw new IllegalStateException("no commit says " + change.kind());
        };
    }

    private static String many(final List<Change> changes, final Wire[] wires) {
        final boolean expired = changes.stream().allMatch(each -> subject(each).equals(AGE_OUT));
        final StringBuilder text = new StringBuilder(96 * changes.size());
        text.append(expired ? AGE_OUT : "entries changed").append(": ").append(changes.size());
        text.append(expired ? " entries\n\n" : "\n\n");
        for (final Change change : changes) {
            text.append("Change: ")
                    .append(change.kind().text.replace(' ', '-'))
                    .append(' ')
                    .append(wires[change.port()].segment())
                    .append(' ')
                    .append(Ipv4.describeAddress(change.address()))
                    .append(' ')
                    .append(mac(change.macOld()))
                    .append(' ')
                    .append(mac(change.mac()))
                    .append('\n');
        }
        return text.toString();
    }

    /** No change of the table: what follows has earlier dates. */
    static String ofSetBack(final long fromS, final long toS) {
        return "Arp.clock: set back from %s to %s\n".formatted(UtcText.of(fromS), UtcText.of(toS));
    }

    /** Many, whether one or more, and how many others nobody will hear of. */
    static String ofClaims(final Claims.Due due, final Wire[] wires) {
        final String all = many(due.standing(), wires) + "Reason: " + NeighborReason.ASKED_US.text + "\n";
        return due.more() == 0
                ? all
                : all
                        + "Claims-More: %d, most of all by %s\n"
                                .formatted(due.more(), Ethernet.describeMac(due.moreBy()));
    }

    private static String mac(final long mac) {
        return mac == 0 ? "-" : Ethernet.describeMac(mac);
    }
}
