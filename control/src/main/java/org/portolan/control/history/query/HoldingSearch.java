package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.AddressFinder.Sight;
import org.portolan.control.history.query.AddressLine.Place;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.Holding.Origin;
import org.portolan.control.history.query.HistoryQuery.Holding.Period;
import org.portolan.control.history.query.TimeIndex.MarkCursor;
import org.portolan.control.history.query.TimeIndex.Span;
import org.portolan.control.history.record.BindingKey;

/**
 * Who had an address at a time, and since when, and until when. Git knows the way back only: what came after is found
 * between the first mark that says something else and the one before it.
 */
final class HoldingSearch {
    /** A merge that took it from a merge that took it from ... */
    private static final int MOST_MERGES = 64;

    private final Reading reading;
    private final TimeIndex index;
    private final AddressFinder finder;
    private final long tombstonesKeptS;
    private final Place head;
    private final Place at;

    HoldingSearch(
            final Reading reading,
            final TimeIndex index,
            final int address,
            final Place head,
            final Place at,
            final long tombstonesKeptS) {
        this.reading = reading;
        this.index = index;
        this.head = head;
        this.at = at;
        this.tombstonesKeptS = tombstonesKeptS;
        finder = new AddressFinder(reading, index, address, false);
    }

    /** One for each segment that knows the address, then or now; else where it was known last. */
    List<Holding> find() throws IOException {
        final Sight then = finder.in(at.commit());
        final Set<BindingKey> keys = new TreeSet<>(then.keys());
        keys.addAll(finder.in(head.commit()).keys());
        if (keys.isEmpty()) {
            line(at, null, AddressLine.End.NOWHERE, true)
                    .next()
                    .ifPresent(last -> keys.addAll(last.before().keys()));
        }
        final List<Holding> holdings = new ArrayList<>();
        for (final BindingKey key : keys) {
            holdings.add(holding(key, then.only(Set.of(key))));
        }
        return holdings;
    }

    private AddressLine line(
            final Place from, final Set<BindingKey> keys, final AddressLine.End end, final boolean byMarks)
            throws IOException {
        final MarkCursor marks = byMarks ? new MarkCursor(index) : null;
        return new AddressLine(reading, finder, from, keys, marks, end, tombstonesKeptS);
    }

    private Holding holding(final BindingKey key, final Sight then) throws IOException {
        final Optional<AddressLine.Step> next = next(key, then);
        final long untilS = next.map(
                        step -> Math.max(step.commit().timeS(), at.commit().timeS()))
                .orElse(0L);
        final AddressLine back = line(at, Set.of(key), AddressLine.End.NOWHERE, true);
        final Optional<AddressLine.Step> came = back.next();
        final Period now = period(key, then, came, untilS);
        Period before = null;
        if (came.isPresent() && came.get().parent() != null) {
            back.pass();
            before = period(key, came.get().before(), back.next(), now.fromS());
        }
        final Period after = next.isEmpty() ? null : after(key, next.get());
        return new Holding(key, before, now, after);
    }

    private Period period(
            final BindingKey key, final Sight sight, final Optional<AddressLine.Step> came, final long untilS)
            throws IOException {
        final Origin how = came.isEmpty() ? null : origin(key, came.get());
        return new Period(
                finder.binding(sight, key),
                came.map(step -> step.commit().timeS()).orElse(0L),
                untilS,
                how);
    }

    /** How long what came after lasted is found like what came after then. */
    private Period after(final BindingKey key, final AddressLine.Step step) throws IOException {
        final HoldingSearch there = new HoldingSearch(
                reading, index, key.address(), head, new Place(step.commit(), step.ordinal()), tombstonesKeptS);
        final long untilS =
                there.next(key, step.after()).map(each -> each.commit().timeS()).orElse(0L);
        return period(key, step.after(), Optional.of(step), untilS);
    }

    /** The first commit on primary's line after {@link #at} that changed what it says. */
    private Optional<AddressLine.Step> next(final BindingKey key, final Sight then) throws IOException {
        final Set<BindingKey> keys = Set.of(key);
        final List<TimeIndex.Mark> later = later();
        Place floor = at;
        Sight said = then;
        for (int from = 0; from < later.size(); ) {
            int to = from;
            Span span = Span.of(floor.commit().timeS()).with(later.get(from).second());
            final boolean close = span.seconds() < tombstonesKeptS;
            while (to + 1 < later.size()
                    && span.with(later.get(to + 1).second()).seconds() < tombstonesKeptS) {
                to++;
                span = span.with(later.get(to).second());
            }
            Place top = place(later.get(to));
            while (close && to > from && !isUntouched(keys, said, floor, top)) {
                to = from + (to - from) / 2;
                top = place(later.get(to));
            }
            if (!close || !isUntouched(keys, said, floor, top)) {
                final Optional<AddressLine.Step> first = first(keys, said, floor, top);
                if (first.isPresent()) {
                    return first;
                }
            }
            floor = top;
            said = look(keys, top);
            from = to + 1;
        }
        return Optional.empty();
    }

    private boolean isUntouched(final Set<BindingKey> keys, final Sight said, final Place floor, final Place top)
            throws IOException {
        return finder.isUntouched(look(keys, top), top.ordinal(), said, floor.ordinal());
    }

    private Place place(final TimeIndex.Mark mark) throws IOException {
        return new Place(reading.commit(mark.commit()), mark.ordinal());
    }

    private Sight look(final Set<BindingKey> keys, final Place place) throws IOException {
        return finder.in(place.commit()).only(keys);
    }

    /** The oldest change but refreshes between two commits of the line, whatever their clocks say. */
    private Optional<AddressLine.Step> first(
            final Set<BindingKey> keys, final Sight said, final Place floor, final Place top) throws IOException {
        final AddressLine line =
                line(top, keys, new AddressLine.End(floor.commit().id(), TimeIndex.Since.EVER), false);
        Optional<AddressLine.Step> first = Optional.empty();
        for (Optional<AddressLine.Step> step = line.next(); step.isPresent(); step = line.next()) {
            final AddressLine.Step at = step.get();
            if (finder.isUntouched(at.after(), at.ordinal(), said, floor.ordinal())) {
                return first;
            }
            first = step;
            line.pass();
        }
        return first;
    }

    /** Marks after {@link #at}, oldest first, and the head: by their place on the line, whatever their clocks say. */
    private List<TimeIndex.Mark> later() throws IOException {
        final List<TimeIndex.Mark> later = new ArrayList<>();
        final MarkCursor marks = new MarkCursor(index);
        for (TimeIndex.Mark mark = marks.take(); mark != null && mark.ordinal() > at.ordinal(); mark = marks.take()) {
            if (mark.ordinal() < head.ordinal()) {
                later.add(mark);
            }
        }
        if (head.ordinal() > at.ordinal()) {
            final long second = head.commit().timeS();
            later.addFirst(new TimeIndex.Mark(
                    second, head.commit().id(), head.ordinal(), TimeIndex.lineSecond(index, second, head.ordinal())));
        }
        return later.reversed();
    }

    private Origin origin(final BindingKey key, final AddressLine.Step step) throws IOException {
        AddressLine.Step made = step;
        for (int i = 0; i < MOST_MERGES && made.commit().isMerge(); i++) {
            final Optional<AddressLine.Step> brought = brought(key, made);
            if (brought.isEmpty()) {
                break;
            }
            made = brought.get();
        }
        final Commit commit = made.commit();
        final CommitMessage message = CommitMessage.parse(reading.raw(commit.id()));
        return new Origin(commit.id(), commit.timeS(), message.subject(), message.by(), commit.router());
    }

    /** The change on the line that a merge took it from. */
    private Optional<AddressLine.Step> brought(final BindingKey key, final AddressLine.Step merge) throws IOException {
        for (final ObjectId id :
                merge.commit().parents().subList(1, merge.commit().parents().size())) {
            final Optional<Commit> side = reading.older(id);
            if (side.isPresent() && finder.isSame(key, finder.in(side.get()), merge.after())) {
                return line(Place.aside(side.get()), Set.of(key), AddressLine.End.NOWHERE, false)
                        .next();
            }
        }
        return Optional.empty();
    }
}
