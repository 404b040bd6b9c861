package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.retain.Marks.Mark;

/**
 * Primary's line of first parents, as far as it is marked. Never changed once it is made.
 *
 * @param marks the oldest first
 * @param byCommit the same
 * @param head null when there are no marks
 */
record MarkedLine(List<Mark> marks, Map<ObjectId, Mark> byCommit, Mark head) {
    static MarkedLine of(final List<Mark> marks, final Mark head) {
        final Map<ObjectId, Mark> byCommit = new HashMap<>();
        marks.forEach(mark -> byCommit.put(mark.commit(), mark));
        return new MarkedLine(List.copyOf(marks), byCommit, head);
    }

    Mark known(final ObjectId commit) {
        return head != null && head.commit().equals(commit) ? head : byCommit.get(commit);
    }

    /** The line time of a commit of that date, if it followed the head. */
    long next(final long dateS) {
        final List<Mark> before = new ArrayList<>(marks);
        if (!head.equals(before.getLast())) {
            before.add(head);
        }
        return LineTime.of(dateS, before);
    }

    /** The place of the newest mark that is right; -1 when none is. */
    int newest(final Predicate<Mark> isRight) {
        int index = marks.size() - 1;
        while (index >= 0 && !isRight.test(marks.get(index))) {
            index--;
        }
        return index;
    }

    /** Whether more than half of the commits are in stretches that begin after that second. */
    boolean isMostlyAfter(final long epochSeconds) {
        long after = 0;
        for (int i = 0; i < marks.size(); i++) {
            final long end = i + 1 < marks.size() ? marks.get(i + 1).ordinal() : head.ordinal() + 1;
            after += marks.get(i).epochSeconds() > epochSeconds
                    ? end - marks.get(i).ordinal()
                    : 0;
        }
        return after * 2 > head.ordinal() + 1 - marks.getFirst().ordinal();
    }

    /** The place of the newest mark that is not after a commit; -1 when the commit is before all of them. */
    int upTo(final long ordinal) {
        int low = 0;
        int high = marks.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (marks.get(middle).ordinal() <= ordinal) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Primary was set back. */
    MarkedLine endAt(final Mark last) {
        return last.equals(head) ? this : of(marks.subList(0, upTo(last.ordinal()) + 1), last);
    }

    /**
     * Of marks that were written with another boundary than the one that stands: cut where the line begins now. Where
     * commits before them are kept for a peer's sake, they begin where they began. Each commit is read, as it need not
     * be for marks of this boundary; what merges brought is not looked into.
     *
     * @return none when they are not there
     */
    static List<Mark> within(final List<Mark> marks, final Set<ObjectId> boundary, final ObjectReader reader)
            throws IOException {
        if (marks.isEmpty()) {
            return marks;
        }
        final MarkedLine line = of(marks, marks.getLast());
        long ordinal = line.head.ordinal();
        try {
            RawCommit commit = RawCommit.read(reader, line.head.commit());
            while (ordinal > marks.getFirst().ordinal() && !boundary.contains(commit.id())) {
                if (commit.parents().isEmpty()) {
                    return List.of();
                }
                commit = RawCommit.read(reader, commit.parents().getFirst());
                ordinal--;
            }
            final Mark begin = marks.get(line.upTo(ordinal)).later(commit, ordinal);
            return begin.commit().equals(commit.id()) ? line.beginAt(begin).marks : List.of();
        } catch (final MissingObjectException e) {
            return List.of();
        }
    }

    MarkedLine beginAt(final Mark first) {
        final List<Mark> rest = new ArrayList<>(List.of(first));
        rest.addAll(marks.subList(upTo(first.ordinal()) + 1, marks.size()));
        return of(rest, head);
    }

    /**
     * Commits that follow the head. They are numbered from 0 down.
     *
     * @param fresh those that are marks for their own sake, the newest first
     * @param oldest the history begins with it when there is no head
     * @param isRoot whether the oldest has no parents, and is not only cut off from them
     */
    MarkedLine extend(final List<Mark> fresh, final Mark newest, final Mark oldest, final boolean isRoot) {
        final long first = isRoot ? 0 : 1;
        final long numbers = (head == null ? first : head.ordinal() + 1) - oldest.ordinal();
        final List<Mark> all = new ArrayList<>(marks);
        if (head != null
                && LineTime.isBreak(head.epochSeconds(), oldest.epochSeconds())
                && !head.equals(all.getLast())) {
            all.add(head);
        }
        MergedAddresses sinceMark = head == null || head.equals(all.getLast()) ? MergedAddresses.NONE : head.arrivals();
        final Mark next = fresh.isEmpty() ? newest : fresh.getLast();
        final boolean isFar =
                all.isEmpty() || next.ordinal() + numbers - all.getLast().ordinal() >= Marks.APART;
        if (isFar && (fresh.isEmpty() || !next.commit().equals(oldest.commit()))) {
            // What came by it is among what came by the next one, too.
            all.add(oldest.with(next.arrivals()).with(sinceMark).placed(numbers, all));
            sinceMark = MergedAddresses.NONE;
        }
        for (final Mark mark : fresh.reversed()) {
            all.add(mark.with(sinceMark).placed(numbers, all));
            sinceMark = MergedAddresses.NONE;
        }
        if (all.size() == marks.size()) {
            return new MarkedLine(marks, byCommit, newest.with(sinceMark).placed(numbers, all));
        }
        final boolean isMark = all.getLast().commit().equals(newest.commit());
        return of(all, isMark ? all.getLast() : newest.with(sinceMark).placed(numbers, all));
    }
}
