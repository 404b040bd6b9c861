package org.portolan.control.history.retain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A first-parent line with its marks, never changed once it is made: what readers of {@link Marks} see.
 *
 * @param marks the oldest first, at least one
 * @param earliest of each mark, the least commit time from it up to the next one; the last one's up to the head
 * @param marked the marks' commits
 * @param latestDay the greatest of all days so far: a day that a wrong clock skipped is not begun again and again
 */
record MarkedLine(List<Mark> marks, List<Long> earliest, Set<ObjectId> marked, Mark head, long latestDay) {
    static final int APART = 512;

    /** Out of the side file. */
    static MarkedLine of(final List<MarksFile.Line> lines) {
        final List<Mark> marks = new ArrayList<>();
        final List<Long> earliest = new ArrayList<>();
        long latestDay = Long.MIN_VALUE;
        for (final MarksFile.Line each : lines) {
            if (!marks.isEmpty()) {
                earliest.add(each.earliestS());
            }
            marks.add(each.mark());
            latestDay = Math.max(latestDay, day(each.mark()));
        }
        earliest.add(marks.getLast().epochSeconds());
        return make(marks, earliest, marks.getLast(), latestDay);
    }

    /** Out of a walk of the whole line. */
    static MarkedLine of(final Trail whole) {
        final int first = whole.size() - 1;
        final Mark root = new Mark(whole.timeS(first), whole.commit(first), 0);
        return make(List.of(root), List.of(root.epochSeconds()), root, day(root))
                .extend(whole, first);
    }

    private static MarkedLine make(
            final List<Mark> marks, final List<Long> earliest, final Mark head, final long latestDay) {
        final Set<ObjectId> marked = new HashSet<>();
        marks.forEach(each -> marked.add(each.commit()));
        return new MarkedLine(List.copyOf(marks), List.copyOf(earliest), marked, head, latestDay);
    }

    private static long day(final Mark mark) {
        return Math.floorDiv(mark.epochSeconds(), TimeUnit.DAYS.toSeconds(1));
    }

    int size() {
        return marks.size();
    }

    Mark mark(final int index) {
        return marks.get(index);
    }

    long earliestS(final int index) {
        return earliest.get(index);
    }

    boolean isMarked(final ObjectId commit) {
        return marked.contains(commit);
    }

    /** The next mark, or the head behind the last one. */
    Mark end(final int index) {
        return index == size() - 1 ? head : marks.get(index + 1);
    }

    /** Whether a commit between a mark and its {@link #end} is the mark's own. */
    boolean isWithin(final int index, final Mark commit) {
        return index == size() - 1 || commit.ordinal() < marks.get(index + 1).ordinal();
    }

    /** @param trail the commits that follow the head */
    MarkedLine extend(final Trail trail) {
        return extend(trail, trail.size());
    }

    private MarkedLine extend(final Trail trail, final int count) {
        if (count == 0) {
            return this;
        }
        final List<Mark> all = new ArrayList<>(marks);
        final List<Long> least = new ArrayList<>(earliest);
        Mark last = head;
        long days = latestDay;
        for (int i = count - 1; i >= 0; i--) {
            last = new Mark(trail.timeS(i), trail.commit(i), last.ordinal() + 1);
            if (last.ordinal() - all.getLast().ordinal() >= APART || day(last) > days) {
                all.add(last);
                least.add(last.epochSeconds());
            } else {
                least.set(least.size() - 1, Math.min(least.getLast(), last.epochSeconds()));
            }
            days = Math.max(days, day(last));
        }
        if (all.size() == marks.size()) {
            return new MarkedLine(marks, List.copyOf(least), marked, last, days);
        }
        return make(all, least, last, days);
    }

    /**
     * @param first where the history begins now
     * @param next the mark that follows it
     * @param earliestS the least time from the first up to that
     */
    MarkedLine from(final Mark first, final int next, final long earliestS) {
        final List<Mark> rest = new ArrayList<>(List.of(first));
        rest.addAll(marks.subList(next, size()));
        final List<Long> least = new ArrayList<>(List.of(earliestS));
        least.addAll(earliest.subList(next, size()));
        return make(rest, least, head, latestDay);
    }

    /** As the side file has them. */
    List<MarksFile.Line> lines() {
        final List<MarksFile.Line> lines = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            lines.add(new MarksFile.Line(mark(i), i == 0 ? mark(0).epochSeconds() : earliestS(i - 1)));
        }
        return lines;
    }
}
