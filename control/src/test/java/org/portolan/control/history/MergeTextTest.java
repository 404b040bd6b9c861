package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.peer.MergeResult.Conflict;
import org.portolan.control.history.peer.MergeResult.Difference;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;

class MergeTextTest {
    private static final long MAC = 0x0250_2A16_6D01L;
    private static final MergeText TEXT = new MergeText("edge-2", "edge-1");

    private static BindingKey key(final int host) {
        return new BindingKey(0, "office", 0xC0A8_0100 + host);
    }

    private static Binding live(final long mac, final String router) {
        return new Binding(new Observation(State.LIVE, mac, 1, 1, 0, "answered", "lan", new Stamp(7, router)), null);
    }

    private static Binding expired(final long mac, final String router) {
        return new Binding(live(mac, router).observed().expired(2, 3, "silent"), null);
    }

    @Test
    void shouldSayWhatCameAndWhoSawIt() {
        final Binding flushed =
                new Binding(live(MAC + 3, "edge-3").observed().flushed(2, 3, "operator", new Stamp(9, "edge-2")), null);
        final List<Difference> differences = List.of(
                new Difference(key(1), null, live(MAC, "edge-2")),
                new Difference(key(2), live(MAC, "edge-1"), live(MAC + 2, "edge-3")),
                new Difference(key(3), live(MAC + 3, "edge-1"), flushed),
                new Difference(key(4), live(MAC + 4, "edge-1"), expired(MAC + 4, "edge-1")),
                new Difference(key(5), null, expired(MAC + 5, "edge-2")),
                new Difference(key(6), null, new Binding(null, new Pin(MAC + 6, "root", 4, new Stamp(8, "edge-2")))));
        assertThat(TEXT.of(differences, List.of(new Conflict(key(2), MAC + 2, MAC))))
                .isEqualTo("""
                Arp.merge: edge-2 into edge-1: 6 entries, 1 conflict

                Change: added office 192.168.1.1 - 02:50:2a:16:6d:01 edge-2
                Change: moved office 192.168.1.2 02:50:2a:16:6d:01 02:50:2a:16:6d:03 edge-3
                Change: flushed office 192.168.1.3 02:50:2a:16:6d:04 - edge-2
                Change: expired office 192.168.1.4 02:50:2a:16:6d:05 - edge-1
                Change: expired office 192.168.1.5 02:50:2a:16:6d:06 - edge-2
                Change: static-added office 192.168.1.6 - 02:50:2a:16:6d:07 edge-2
                Conflict: 192.168.1.2 02:50:2a:16:6d:03 over 02:50:2a:16:6d:01
                """);
    }

    @Test
    void shouldCountWhatWasOnlySeenAgain() {
        final Difference seen = new Difference(
                key(1),
                live(MAC, "edge-1"),
                new Binding(live(MAC, "edge-1").observed().seen(9, new Stamp(9, "edge-2")), null));
        final Difference added = new Difference(key(2), null, live(MAC, "edge-2"));
        assertThat(TEXT.of(List.of(seen), List.of())).isEqualTo("Arp.merge: edge-2 into edge-1: 1 seen\n");
        assertThat(TEXT.of(List.of(seen, added), List.of()))
                .startsWith("Arp.merge: edge-2 into edge-1: 1 entry, 1 seen\n\nChange: added ");
        assertThat(TEXT.of(List.of(), List.of())).isEqualTo("Arp.merge: edge-2 into edge-1: nothing new\n");
        assertThat(TEXT.of(List.of(), List.of(new Conflict(key(1), MAC, MAC + 1))))
                .startsWith("Arp.merge: edge-2 into edge-1: 1 conflict\n\nConflict: ");
    }

    @Test
    void shouldCountWhatIsOfOtherSegmentsAndNotNameIt() {
        final BindingKey there = new BindingKey(0, "elsewhere", 0xC0A8_0101);
        final Difference seen = new Difference(
                there,
                live(MAC, "edge-1"),
                new Binding(live(MAC, "edge-1").observed().seen(9, new Stamp(9, "edge-2")), null));
        final MergeText text = new MergeText("edge-2", "edge-1");
        text.countElsewhere(seen);
        assertThat(text.of(List.of(), List.of())).isEqualTo("Arp.merge: edge-2 into edge-1: 1 seen\n");
        assertThat(text.of(List.of(), List.of()))
                .as("in a second commit")
                .isEqualTo("Arp.merge: edge-2 into edge-1: nothing new\n");
        text.countElsewhere(seen);
        text.countElsewhere(new Difference(there, null, live(MAC, "edge-2")));
        text.countElsewhere(new Difference(there, live(MAC, "edge-2"), expired(MAC, "edge-2")));
        assertThat(text.of(List.of(), List.of()))
                .isEqualTo("Arp.merge: edge-2 into edge-1: 1 seen, 2 in other segments\n");
    }

    @Test
    void shouldCountWhatIsTooMuchToTell() {
        final List<Difference> differences = new ArrayList<>();
        final List<Conflict> conflicts = new ArrayList<>();
        for (int i = 0; i < MergeText.MOST_CHANGES + 1; i++) {
            differences.add(new Difference(key(i), null, live(MAC, "edge-2")));
            if (i < 150) {
                conflicts.add(new Conflict(key(i), MAC, MAC + 1));
            }
        }
        final List<String> lines = TEXT.of(differences, conflicts).lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("Change: ")).hasSize(MergeText.MOST_CHANGES);
        assertThat(lines).filteredOn(line -> line.startsWith("Conflict: ")).hasSize(MergeText.MOST_CONFLICTS);
        assertThat(lines)
                .startsWith("Arp.merge: edge-2 into edge-1: %d entries, 150 conflicts".formatted(differences.size()))
                .contains("Changes: " + differences.size(), "Conflicts: 150");
    }
}
