package org.portolan.control.history.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.query.Reading.BindingCache;

/** Without an index: walks from the head. Right for any history, quick for short ones. */
public final class WalkingTimeIndex implements TimeIndex {
    private final Repository git;
    private final int stride;
    private volatile Line line = new Line(null, new long[0]);

    /** @param times of the line's commits, the oldest first */
    private record Line(ObjectId head, long[] times) {}

    /** @param stride how many commits there are from one mark to the next */
    public WalkingTimeIndex(final Repository git, final int stride) {
        this.git = git;
        this.stride = stride;
    }

    private Reading open() throws IOException {
        return new Reading(git, new BindingCache(), () -> {}, missing -> {});
    }

    /** Read once for each head: the head's number, from 1, is the length. */
    private long[] times(final Reading reading, final Commit head) throws IOException {
        final Line known = line;
        if (head.id().equals(known.head)) {
            return known.times;
        }
        final List<Long> dates = new ArrayList<>();
        Optional<Commit> at = Optional.of(head);
        while (at.isPresent()) {
            dates.add(at.get().timeS());
            at = reading.parent(at.get());
        }
        final long[] times = LineTimes.of(
                dates.reversed().stream().mapToLong(Long::longValue).toArray());
        line = new Line(head.id(), times);
        return times;
    }

    private static Mark mark(final Commit commit, final long ordinal, final long[] times) {
        return new Mark(commit.timeS(), commit.id(), ordinal, times[(int) ordinal - 1]);
    }

    @Override
    public Optional<Mark> before(final long epochSecond) throws IOException {
        try (Reading reading = open()) {
            final Commit head = reading.head();
            final long[] times = times(reading, head);
            long ordinal = times.length;
            Optional<Commit> at = Optional.of(head);
            while (at.isPresent() && times[(int) ordinal - 1] > epochSecond) {
                at = reading.parent(at.get());
                ordinal--;
            }
            final long number = ordinal;
            return at.map(commit -> mark(commit, number, times));
        }
    }

    @Override
    public long lineSecond(final long second, final long ordinal) throws IOException {
        try (Reading reading = open()) {
            return times(reading, reading.head())[(int) ordinal - 1];
        }
    }

    @Override
    public boolean mayHaveCome(final int address, final long earlier, final long later) {
        return true;
    }

    @Override
    public Mark head() throws IOException {
        try (Reading reading = open()) {
            final Commit head = reading.head();
            final long[] times = times(reading, head);
            return mark(head, times.length, times);
        }
    }

    @Override
    public Iterable<Mark> marks() {
        return () -> new Iterator<>() {
            private Mark next = read(null, 0);

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Mark next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                final Mark mark = next;
                next = read(mark, stride);
                return mark;
            }
        };
    }

    /** So many first parents on, or the last one; null behind that. A reader for each, so that none is left open. */
    private Mark read(final Mark from, final int steps) {
        if (from == null) {
            return newest();
        }
        try (Reading reading = open()) {
            Commit at = reading.commit(from.commit());
            int taken = 0;
            for (Optional<Commit> parent = reading.parent(at); taken < steps && parent.isPresent(); taken++) {
                at = parent.get();
                parent = reading.parent(at);
            }
            return taken == 0 ? null : mark(at, from.ordinal() - taken, times(reading, reading.head()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Mark newest() {
        try {
            return head();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
