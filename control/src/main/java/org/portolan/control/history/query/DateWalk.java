package org.portolan.control.history.query;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.store.HistoryException;

/**
 * Walks all that a way leads to, newest first, whatever the length: it remembers the front of the walk and the last
 * commits behind it. A parent whose clock is ahead of its child's comes before the child; where a commit would come
 * again because of that, it does not.
 */
final class DateWalk {
    /** Branches open at one time. */
    private static final int MOST_FRONT = 65_536;

    private static final int PASSED_KEPT = 16_384;

    private record Front(Commit commit, long order) {
        static final Comparator<Front> NEWEST_FIRST = Comparator.comparingLong((Front each) -> each.commit.timeS())
                .reversed()
                .thenComparingLong(Front::order);
    }

    /** Which of a commit's parents it goes on to. */
    @FunctionalInterface
    interface Way {
        List<ObjectId> from(Commit commit) throws IOException;
    }

    private final Reading reading;
    private final Way way;
    private final PriorityQueue<Front> front = new PriorityQueue<>(Front.NEWEST_FIRST);
    private final Set<ObjectId> inFront = new HashSet<>();
    private final Set<ObjectId> passed = new LinkedHashSet<>();
    private long order;

    DateWalk(final Reading reading, final Collection<ObjectId> from, final Way way) throws IOException {
        this.reading = reading;
        this.way = way;
        for (final ObjectId id : from) {
            add(id);
        }
    }

    private void add(final ObjectId id) throws IOException {
        if (inFront.contains(id) || passed.contains(id)) {
            return;
        }
        final Optional<Commit> commit = reading.older(id);
        if (commit.isPresent()) {
            inFront.add(id);
            front.add(new Front(commit.get(), order++));
        }
        if (front.size() > MOST_FRONT) {
            throw new HistoryException("the history has more than %d branches open at once".formatted(MOST_FRONT));
        }
    }

    /** The next older one; empty at the end. */
    Optional<Commit> next() throws IOException {
        reading.working();
        final Front first = front.poll();
        if (first == null) {
            return Optional.empty();
        }
        inFront.remove(first.commit.id());
        passed.add(first.commit.id());
        if (passed.size() > PASSED_KEPT) {
            final Iterator<ObjectId> oldest = passed.iterator();
            oldest.next();
            oldest.remove();
        }
        for (final ObjectId parent : way.from(first.commit)) {
            add(parent);
        }
        return Optional.of(first.commit);
    }
}
