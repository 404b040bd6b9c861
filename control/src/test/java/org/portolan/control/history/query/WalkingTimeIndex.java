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

    /** @param stride how many commits there are from one mark to the next */
    public WalkingTimeIndex(final Repository git, final int stride) {
        this.git = git;
        this.stride = stride;
    }

    private Reading open() throws IOException {
        return new Reading(git, new BindingCache(), () -> {});
    }

    @Override
    public Optional<ObjectId> before(final long epochSecond) throws IOException {
        try (Reading reading = open()) {
            Optional<Commit> at = Optional.of(reading.head());
            while (at.isPresent() && at.get().timeS() > epochSecond) {
                at = reading.parent(at.get());
            }
            return at.map(Commit::id);
        }
    }

    @Override
    public Iterable<Mark> marks() {
        return () -> new Iterator<>() {
            private Commit next = read(null, 0);

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Mark next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                final Commit mark = next;
                next = read(mark, stride);
                return new Mark(mark.timeS(), mark.id());
            }
        };
    }

    /** So many first parents on, or the last one; null behind that. A reader for each, so that none is left open. */
    private Commit read(final Commit from, final int steps) {
        try (Reading reading = open()) {
            Commit at = from == null ? reading.head() : from;
            for (int i = 0; i < steps; i++) {
                final Optional<Commit> parent = reading.parent(at);
                if (parent.isEmpty()) {
                    return i == 0 ? null : at;
                }
                at = parent.get();
            }
            return at;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
