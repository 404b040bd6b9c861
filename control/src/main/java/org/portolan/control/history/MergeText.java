package org.portolan.control.history;

import java.util.ArrayList;
import java.util.List;
import org.portolan.control.history.peer.MergeResult.Conflict;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.query.ChangeKind;
import org.portolan.control.history.record.Binding;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The words of a commit that brings in a peer's history: how many entries of our table it changed, and which.
 *
 * <pre>
 *   Arp.merge: edge-2 into edge-1: 2 entries, 7 seen, 3 in other segments, 1 conflict
 *
 *   Change: added office 192.168.1.12 - 02:50:2a:16:6d:02 edge-2    kind, segment, address, MAC before, MAC, who saw it
 *   Change: expired office 192.168.1.9 02:50:2a:16:6d:09 - edge-3
 *   Conflict: 192.168.1.7 02:50:2a:16:6d:07 over 02:50:2a:16:6d:08
 * </pre>
 *
 * <p>Those of segments that this router is not on are counted and not named: how many they are is the peer's affair.
 */
final class MergeText {
    /** Of more disputes a commit says how many they are. */
    static final int MOST_CONFLICTS = 64;

    /** The log reads them, so as many as in a commit of our own. */
    static final int MOST_CHANGES = Line.MOST_IN_ONE;

    private final String peer;
    private final String router;
    private int elsewhere;
    private int seenElsewhere;

    /**
     * @param peer whose history it is
     * @param router ours
     */
    MergeText(final String peer, final String router) {
        this.peer = peer;
        this.router = router;
    }

    /** Of a segment that this router is not on. */
    void countElsewhere(final Difference difference) {
        if (ChangeKind.between(difference.before(), difference.after()).isQuiet()) {
            seenElsewhere++;
        } else {
            elsewhere++;
        }
    }

    /**
     * {@link org.portolan.control.history.peer.PeerMerge.Words}. What was counted is said once.
     *
     * @param differences of our own segments
     */
    String of(final List<Difference> differences, final List<Conflict> conflicts) {
        final List<String> changes = new ArrayList<>();
        for (final Difference each : differences) {
            final ChangeKind kind = ChangeKind.between(each.before(), each.after());
            if (!kind.isQuiet()) {
                changes.add(change(kind, each));
            }
        }
        final StringBuilder text = new StringBuilder(64 + 80 * changes.size());
        text.append("Arp.merge: %s into %s: ".formatted(peer, router))
                .append(summary(changes.size(), differences.size() - changes.size() + seenElsewhere, conflicts.size()))
                .append('\n');
        elsewhere = 0;
        seenElsewhere = 0;
        if (!changes.isEmpty() || !conflicts.isEmpty()) {
            text.append('\n');
        }
        lines(text, "Change", changes, MOST_CHANGES);
        lines(text, "Conflict", conflicts.stream().map(MergeText::conflict).toList(), MOST_CONFLICTS);
        return text.toString();
    }

    private String summary(final int changed, final int seen, final int conflicts) {
        final List<String> parts = new ArrayList<>();
        if (changed > 0) {
            parts.add(changed == 1 ? "1 entry" : changed + " entries");
        }
        if (seen > 0) {
            parts.add(seen + " seen");
        }
        if (elsewhere > 0) {
            parts.add(elsewhere + " in other segments");
        }
        if (conflicts > 0) {
            parts.add(conflicts == 1 ? "1 conflict" : conflicts + " conflicts");
        }
        return parts.isEmpty() ? "nothing new" : String.join(", ", parts);
    }

    private static String change(final ChangeKind kind, final Difference difference) {
        final Binding after = difference.after();
        long before = difference.before() == null ? 0 : difference.before().mac();
        if (before == 0 && after.mac() == 0 && after.observed() != null) {
            // The first that we hear of it is that it is over.
            before = after.observed().mac();
        }
        return "%s %s %s %s %s %s"
                .formatted(
                        kind.word,
                        difference.key().segment(),
                        Ipv4.describeAddress(difference.key().address()),
                        mac(before),
                        mac(after.mac()),
                        kind.observer(after));
    }

    private static String conflict(final Conflict conflict) {
        return "%s %s over %s"
                .formatted(Ipv4.describeAddress(conflict.key().address()), mac(conflict.kept()), mac(conflict.lost()));
    }

    private static void lines(final StringBuilder text, final String key, final List<String> values, final int most) {
        for (final String value : values.subList(0, Math.min(most, values.size()))) {
            text.append(key).append(": ").append(value).append('\n');
        }
        if (values.size() > most) {
            text.append(key).append("s: ").append(values.size()).append('\n');
        }
    }

    private static String mac(final long mac) {
        return mac == 0 ? "-" : Ethernet.describeMac(mac);
    }
}
