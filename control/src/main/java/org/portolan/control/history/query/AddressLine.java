package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.AddressFinder.Sight;
import org.portolan.control.history.query.TimeIndex.MarkCursor;
import org.portolan.control.history.query.TimeIndex.Since;
import org.portolan.control.history.query.TimeIndex.Span;
import org.portolan.control.history.record.BindingKey;

/**
 * A line of first parents, searched from new to old for the commits that changed one address. It never looks at each
 * commit's tree: where both ends of a stretch have the same text, nothing happened between them; nor where one
 * was but refreshed, unless a peer's history brought the address in between: it may bring back what had moved away.
 *
 * <pre>
 *   mark ======== mark ======== mark ---------- mark      = the same at both ends: passed over
 *                               |                         - they differ: its commits are listed, 16, then 32 ... 256
 *                               +--+--x--+                  at a time, and x is found by halving
 * </pre>
 */
final class AddressLine {
    /**
     * One commit that changed what the tree says; the parent is null when it was the first of all.
     *
     * @param ordinal the commit's on primary's line; of no meaning on another one
     */
    record Step(Commit commit, long ordinal, Sight after, Commit parent, Sight before) {}

    /** A commit and its number on primary's line. */
    record Place(Commit commit, long ordinal) {
        private static final long ASIDE = Long.MIN_VALUE / 2;

        /** A commit on another line. */
        static Place aside(final Commit commit) {
            return new Place(commit, ASIDE);
        }
    }

    /**
     * Where a line ends early.
     *
     * @param floor a commit; null for none
     * @param since on primary's line only
     */
    record End(ObjectId floor, Since since) {
        static final End NOWHERE = new End(null, Since.EVER);

        boolean isAt(final Commit commit, final long ordinal) throws IOException {
            return commit.id().equals(floor) || since.isAfter(commit.timeS(), ordinal);
        }
    }

    private static final int LEAST_STRETCH = 16;
    private static final int MOST_STRETCH = 256;

    private final Reading reading;
    private final AddressFinder finder;
    private final Collection<BindingKey> keys;
    private final MarkCursor marks;
    private final End end;
    private final long tombstonesKeptS;
    private int stretch = LEAST_STRETCH;
    private Commit at;
    private long ordinal;
    private Sight sight;
    private Step step;
    private boolean ended;

    /**
     * @param keys which segments' bindings count; null for all
     * @param marks on this line; null when it has none
     * @param tombstonesKeptS what is absent at both ends of a stretch this long may have been there in between
     */
    AddressLine(
            final Reading reading,
            final AddressFinder finder,
            final Place from,
            final Collection<BindingKey> keys,
            final MarkCursor marks,
            final End end,
            final long tombstonesKeptS)
            throws IOException {
        this.reading = reading;
        this.finder = finder;
        this.keys = keys;
        this.marks = marks;
        this.end = end;
        this.tombstonesKeptS = tombstonesKeptS;
        at = from.commit;
        ordinal = from.ordinal;
        sight = look(at);
        ended = end.isAt(at, ordinal);
    }

    /** Searches until something changed; empty when the line is over. */
    Optional<Step> next() throws IOException {
        while (step == null && !ended) {
            advance();
        }
        return Optional.ofNullable(step);
    }

    /** The step that was found, null while it is searched for. */
    Step step() {
        return step;
    }

    boolean hasEnded() {
        return ended;
    }

    /** What the line says where it is. */
    Sight sight() {
        return sight;
    }

    Collection<BindingKey> keys() {
        return keys;
    }

    /** The clock of where it is: of the change that was found, or of the commit that is looked at next. */
    long timeS() {
        return at.timeS();
    }

    /** Goes on behind the change. */
    void pass() throws IOException {
        ended = step.parent == null || end.isAt(step.parent, step.ordinal - 1);
        if (!ended) {
            at = step.parent;
            ordinal = step.ordinal - 1;
            sight = step.before;
        }
        step = null;
        stretch = LEAST_STRETCH;
    }

    /** One stretch on. */
    void advance() throws IOException {
        reading.working();
        jump();
        final List<Commit> commits = new ArrayList<>(stretch + 1);
        final boolean over = list(commits);
        stretch = Math.min(2 * stretch, MOST_STRETCH);
        final int same = lastSame(commits);
        at = commits.get(same);
        ordinal -= same;
        sight = look(at);
        if (same < commits.size() - 1) {
            final Commit parent = commits.get(same + 1);
            step = new Step(at, ordinal, sight, parent, look(parent));
        } else if (over) {
            ended = true;
            if (at.parents().isEmpty() && !at.boundary() && !at.id().equals(end.floor) && !sight.isEmpty()) {
                step = new Step(at, ordinal, sight, null, Sight.NOTHING);
            }
        }
    }

    private Sight look(final Commit commit) throws IOException {
        return finder.in(commit).only(keys);
    }

    /** To the last mark that says the same, as far at a time as tombstones are kept. */
    private void jump() throws IOException {
        boolean jumped = marks != null;
        while (jumped) {
            jumped = false;
            final List<TimeIndex.Mark> ahead = marks.before(ordinal, at.timeS(), tombstonesKeptS, end.since);
            int step = ahead.size();
            for (int from = 0; step > 0 && from < ahead.size(); ) {
                final int to = Math.min(from + step, ahead.size()) - 1;
                if (moveTo(ahead.get(to))) {
                    jumped = true;
                    from = to + 1;
                } else {
                    step = (to - from + 1) / 2;
                }
            }
        }
    }

    /** Whether it was not touched since. */
    private boolean moveTo(final TimeIndex.Mark mark) throws IOException {
        reading.working();
        final Optional<Commit> there = reading.older(mark.commit());
        if (there.isEmpty()) {
            return false;
        }
        final Sight then = look(there.get());
        if (!finder.isUntouched(sight, ordinal, then, mark.ordinal())) {
            return false;
        }
        at = there.get();
        ordinal = mark.ordinal();
        sight = then;
        return true;
    }

    /** The stretch's commits from here on; whether the line is over behind them. */
    private boolean list(final List<Commit> commits) throws IOException {
        Commit last = at;
        commits.add(last);
        while (commits.size() <= stretch) {
            final Optional<Commit> parent = reading.parent(last);
            if (parent.isEmpty()) {
                return true;
            }
            last = parent.get();
            commits.add(last);
            if (end.isAt(last, ordinal - commits.size() + 1)) {
                return true;
            }
        }
        return false;
    }

    private static Span span(final List<Commit> commits) {
        Span span = Span.of(commits.getFirst().timeS());
        for (final Commit commit : commits) {
            span = span.with(commit.timeS());
        }
        return span;
    }

    /** Index of the last one until which nothing but refreshes changed what the first one says. */
    private int lastSame(final List<Commit> commits) throws IOException {
        final boolean halving = span(commits).seconds() < tombstonesKeptS;
        final boolean withPeers = withPeers(commits);
        final int last = commits.size() - 1;
        Sight said = sight;
        int same = lastAlike(commits, 0, said, halving, withPeers);
        while (same < last) {
            final Sight before = look(commits.get(same + 1));
            if (!finder.isSame(said, before)) {
                return same;
            }
            reading.working();
            said = before;
            same = lastAlike(commits, same + 1, said, halving, withPeers);
        }
        return last;
    }

    /** Whether a peer's history came in by one of them; what the last one did is behind the stretch. */
    private boolean withPeers(final List<Commit> commits) throws IOException {
        if (ordinal >= 0 && !finder.mayHaveCome(ordinal - commits.size() + 1, ordinal)) {
            return false;
        }
        for (final Commit commit : commits.subList(0, commits.size() - 1)) {
            if (reading.isOfPeer(commit)) {
                return true;
            }
        }
        return false;
    }

    /** Index of the last one until which it was not touched, or but refreshed where no peer can have done more. */
    private int lastAlike(
            final List<Commit> commits,
            final int from,
            final Sight said,
            final boolean halving,
            final boolean withPeers)
            throws IOException {
        int same = from;
        int changed = commits.size();
        if (halving && isAlike(said, look(commits.getLast()), withPeers)) {
            return changed - 1;
        }
        while (changed - same > 1) {
            final int middle = halving ? (same + changed) >>> 1 : same + 1;
            if (isAlike(said, look(commits.get(middle)), withPeers)) {
                same = middle;
            } else {
                changed = middle;
            }
        }
        return same;
    }

    private boolean isAlike(final Sight one, final Sight other, final boolean withPeers) throws IOException {
        return withPeers ? one.equals(other) : finder.isSame(one, other);
    }
}
