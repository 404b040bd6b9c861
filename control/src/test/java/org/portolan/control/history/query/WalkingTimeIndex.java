package org.portolan.control.history.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.query.Reading.BindingCache;

/** Without an index: walks from the head. Right for any history, quick for short ones. */
public final class WalkingTimeIndex implements TimeIndex {
    private final Repository git;
    private final int stride;
    private ObjectId counted;
    private long count;

    /** @param stride how many commits there are from one mark to the next */
    public WalkingTimeIndex(final Repository git, final int stride) {
        this.git = git;
        this.stride = stride;
    }

    private Reading open() throws IOException {
        return new Reading(git, new BindingCache(), () -> {});
    }

    /** Counted from the beginning of what is kept; what was counted before need not be counted again. */
    private synchronized long count(final Reading reading, final Commit head) throws IOException {
        long steps = 0;
        Optional<Commit> at = Optional.of(head);
        while (at.isPresent() && !at.get().id().equals(counted)) {
            steps++;
            at = reading.parent(at.get());
        }
        count = at.isPresent() ? count + steps : steps;
        counted = head.id();
        return count;
    }

    @Override
    public Optional<Mark> before(final long epochSecond) throws IOException {
        try (Reading reading = open()) {
            final Commit head = reading.head();
            long ordinal = count(reading, head);
            Optional<Commit> at = Optional.of(head);
            while (at.isPresent() && at.get().timeS() > epochSecond) {
                at = reading.parent(at.get());
                ordinal--;
            }
            final long number = ordinal;
            return at.map(commit -> new Mark(commit.timeS(), commit.id(), number));
        }
    }

    @Override
    public Mark head() throws IOException {
        try (Reading reading = open()) {
            final Commit head = reading.head();
            return new Mark(head.timeS(), head.id(), count(reading, head));
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
            return taken == 0 ? null : new Mark(at.timeS(), at.id(), from.ordinal() - taken);
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
