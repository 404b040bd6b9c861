package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;

/** The table of datagrams in fragments: exact about what has come, and bounded. */
class FragmentsTest {
    private static final int UNIT = 8;
    private static final int MOST_BYTES = 65_515;

    private final Fragments fragments = new Fragments(new FragmentLimits(64, 64, 30), 42);
    private final Random random = new Random(791);

    @AfterEach
    void close() {
        fragments.close();
    }

    private int add(final int source, final int identification, final int nowMs) {
        return fragments.add(
                source & 0xFFFF_FFFFL, Fragments.datagram(1, 17, identification), source & 1023, false, nowMs);
    }

    private void open(final int datagram, final int nowMs) {
        fragments.open(datagram, 0, 0, 0, -1, 1, nowMs);
    }

    private record Part(int from, int to, boolean more) {}

    /** What was there before, by units; the same answers as the two bitmaps'. */
    private static DropReason expected(final List<Part> before, final Part part) {
        boolean same = false;
        boolean touches = false;
        int end = 0;
        int furthest = 0;
        for (final Part each : before) {
            same |= each.equals(part);
            touches |= up(each.to) > part.from / UNIT && each.from / UNIT < up(part.to);
            end = each.more ? end : each.to;
            furthest = Math.max(furthest, up(each.to));
        }
        final boolean againstEnd = end != 0 && (part.more ? part.to >= end : part.to != end);
        final boolean beforeOthers = !part.more && end == 0 && furthest > up(part.to);
        if (againstEnd || beforeOthers) {
            return DropReason.FRAGMENT_OVERLAP;
        }
        if (same) {
            return DropReason.FRAGMENT_DUPLICATE;
        }
        return touches ? DropReason.FRAGMENT_OVERLAP : DropReason.NONE;
    }

    private static int up(final int bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }

    private Part randomPart(final int reach) {
        final int from = random.nextInt(reach) * UNIT;
        final int units = 1 + random.nextInt(random.nextBoolean() ? 3 : 190);
        final boolean more = random.nextInt(4) != 0;
        final int to = Math.min(from + units * UNIT - (more ? 0 : random.nextInt(UNIT)), MOST_BYTES);
        return new Part(from, more ? to / UNIT * UNIT : to, more);
    }

    @Test
    void shouldTellDuplicatesFromOverlapsAsAModelDoes() {
        int duplicates = 0;
        int overlaps = 0;
        for (int round = 0; round < 3_000; round++) {
            final int datagram = add(1, round, 0);
            final List<Part> before = new ArrayList<>();
            final int reach = round % 2 == 0 ? 40 : 8_188;
            for (int i = 0; i < 30; i++) {
                final Part part = i > 0 && random.nextInt(4) == 0 ? before.getFirst() : randomPart(reach);
                final DropReason reason =
                        DropReason.ofCode(fragments.judge(datagram, part.from, part.to - part.from, part.more));
                assertThat(reason).as("%s after %s", part, before).isEqualTo(expected(before, part));
                if (reason == DropReason.NONE) {
                    fragments.note(datagram, part.from, part.to - part.from, part.more);
                    before.add(part);
                }
                duplicates += reason == DropReason.FRAGMENT_DUPLICATE ? 1 : 0;
                overlaps += reason == DropReason.FRAGMENT_OVERLAP ? 1 : 0;
                assertThat(fragments.isComplete(datagram)).isEqualTo(isComplete(before));
            }
            fragments.free(datagram);
        }
        assertThat(duplicates).isPositive();
        assertThat(overlaps).isPositive();
    }

    private static boolean isComplete(final List<Part> parts) {
        final int covered =
                parts.stream().mapToInt(each -> up(each.to) - each.from / UNIT).sum();
        return parts.stream().anyMatch(each -> !each.more && up(each.to) == covered);
    }

    @Test
    void shouldFindEachDatagramByItsWholeKey() {
        final List<Integer> added = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            added.add(add(i, i % 4, 0));
        }
        for (int i = 0; i < 32; i++) {
            assertThat(fragments.find(i, Fragments.datagram(1, 17, i % 4))).isEqualTo(added.get(i));
            assertThat(fragments.find(i, Fragments.datagram(2, 17, i % 4))).isEqualTo(Fragments.NONE);
            assertThat(fragments.find(i, Fragments.datagram(1, 6, i % 4))).isEqualTo(Fragments.NONE);
            assertThat(fragments.find(i, Fragments.datagram(1, 17, 4 + i))).isEqualTo(Fragments.NONE);
        }
        for (int i = 0; i < 32; i += 2) {
            fragments.free(added.get(i));
        }
        for (int i = 0; i < 32; i++) {
            assertThat(fragments.find(i, Fragments.datagram(1, 17, i % 4)))
                    .isEqualTo(i % 2 == 0 ? Fragments.NONE : added.get(i));
        }
        assertThat(fragments.size()).isEqualTo(16);
    }

    @Test
    void shouldGiveASendersOldestUpWhenItHasItsShare() {
        final int source = fragments.source(7, false);
        for (int i = 0; i < 4; i++) {
            assertThat(fragments.beyondShare(source)).isEqualTo(Fragments.NONE);
            open(fragments.add(i, Fragments.datagram(1, 17, 1), source, false, i), i);
        }
        assertThat(fragments.beyondShare(source)).isEqualTo(fragments.find(0, Fragments.datagram(1, 17, 1)));
        fragments.spend(fragments.find(2, Fragments.datagram(1, 17, 1)), 0, 9);
        assertThat(fragments.beyondShare(source))
                .as("what is complete counts no more")
                .isEqualTo(Fragments.NONE);
    }

    @Test
    void shouldGiveSpentOnesUpFirstThenTheOldestOfTheSameSide() {
        for (int i = 0; i < 32; i++) {
            assertThat(fragments.inTheWay(false)).isEqualTo(Fragments.NONE);
            open(add(i, 1, i), i);
        }
        final int oldest = fragments.find(0, Fragments.datagram(1, 17, 1));
        final int spent = fragments.find(20, Fragments.datagram(1, 17, 1));
        assertThat(fragments.inTheWay(false)).isEqualTo(oldest);
        assertThat(fragments.inTheWayOfRefused(false)).isEqualTo(Fragments.NO_ROOM);
        assertThat(fragments.inTheWay(true)).as("the other side").isEqualTo(Fragments.NONE);
        fragments.spend(spent, 0, 40);
        assertThat(fragments.inTheWay(false)).isEqualTo(spent);
        assertThat(fragments.inTheWayOfRefused(false)).isEqualTo(spent);
    }

    @Test
    void shouldEndEachStateAfterItsTime() {
        final int early = add(1, 1, 0);
        assertThat(fragments.due(Fragments.EARLY_MS - 1)).isEqualTo(Fragments.NONE);
        assertThat(fragments.due(Fragments.EARLY_MS)).isEqualTo(early);
        open(early, 100);
        assertThat(fragments.due(30_099)).isEqualTo(Fragments.NONE);
        assertThat(fragments.due(30_100)).isEqualTo(early);
        fragments.spend(early, 0, 200);
        assertThat(fragments.due(199 + Fragments.SPENT_MS)).isEqualTo(Fragments.NONE);
        assertThat(fragments.due(200 + Fragments.SPENT_MS)).isEqualTo(early);
    }

    @Test
    void shouldMeasureTimesAcrossTheIntsEnd() {
        final int early = add(1, 1, Integer.MAX_VALUE - 10);
        assertThat(fragments.due(Integer.MIN_VALUE + 100)).isEqualTo(Fragments.NONE);
        assertThat(fragments.due(Integer.MIN_VALUE + Fragments.EARLY_MS)).isEqualTo(early);
    }
}
