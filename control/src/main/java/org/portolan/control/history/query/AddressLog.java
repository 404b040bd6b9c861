package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.AddressFinder.Sight;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.query.TimeIndex.MarkCursor;
import org.portolan.control.history.query.TimeIndex.Since;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Pin;
import org.portolan.dataplane.wire.Ipv4;

/**
 * All that happened to one address in this router's table, newest first: along primary's line, and where an expiry
 * branch came in, along that. A branch that says what primary said at that time leads to the same commits, and is left.
 * What a peer's history brought happened when it was merged, and its stamp says who saw it.
 */
final class AddressLog {
    /** Takes entries one by one. */
    @FunctionalInterface
    interface Sink {
        /**
         * Whether to go on.
         *
         * @param second of the line's time
         */
        boolean take(LogEntry entry, long second) throws IOException;
    }

    private static final int MOST_LINES = 1_024;
    private static final int SAID_KEPT = 16_384;

    private record Said(ObjectId commit, BindingKey key) {}

    /**
     * @param lineS the line's time where an expiry branch came in
     * @param behindS by how much the clock was behind it there
     */
    private record Reader(AddressLine line, boolean isPrimary, long order, long lineS, long behindS) {
        /** New before old, and what came first before what came later. */
        static final Comparator<Reader> NEWEST_FIRST = Comparator.comparingLong((Reader each) -> each.line.timeS())
                .reversed()
                .thenComparing(each -> !each.isPrimary)
                .thenComparingLong(Reader::order);
    }

    private final Reading reading;
    private final AddressFinder finder;
    private final TimeIndex index;
    private final long sinceS;
    private final long tombstonesKeptS;
    private final String address;
    private final PriorityQueue<Reader> readers = new PriorityQueue<>(Reader.NEWEST_FIRST);
    private final Set<Said> said = new LinkedHashSet<>();
    private final Reader primary;
    private long order;
    private boolean leftOut;

    AddressLog(
            final Reading reading,
            final AddressLine.Place from,
            final LogQuery query,
            final TimeIndex index,
            final long tombstonesKeptS)
            throws IOException {
        this.reading = reading;
        this.index = index;
        this.tombstonesKeptS = tombstonesKeptS;
        finder = new AddressFinder(reading, index, query.address(), query.withQuiet());
        sinceS = query.sinceS();
        address = Ipv4.describeAddress(query.address());
        final AddressLine.End end = new AddressLine.End(null, Since.of(index, sinceS));
        primary = add(
                new AddressLine(reading, finder, from, null, new MarkCursor(index), end, tombstonesKeptS), true, 0, 0);
    }

    private Reader add(final AddressLine line, final boolean isPrimary, final long lineS, final long behindS) {
        final Reader reader = new Reader(line, isPrimary, order++, lineS, behindS);
        if (line.step() != null || !line.hasEnded()) {
            readers.add(reader);
        }
        return reader;
    }

    /** Whether a line was left out because there were too many at once. */
    boolean isCut() {
        return leftOut;
    }

    void write(final Sink sink) throws IOException {
        while (!readers.isEmpty()) {
            final Reader reader = readers.poll();
            if (reader.line.step() == null) {
                search(reader);
            } else if (!say(reader, sink)) {
                return;
            }
        }
    }

    /** A stretch on; it comes back when its turn is, by its clock. */
    private void search(final Reader reader) throws IOException {
        if (!reader.isPrimary && isOver(reader)) {
            return;
        }
        reader.line.advance();
        if (reader.line.step() != null || !reader.line.hasEnded()) {
            readers.add(reader);
        }
    }

    /** Whether another line than primary's says no more. Behind the end of primary's none is of that time. */
    private boolean isOver(final Reader reader) throws IOException {
        return reader.line.sight().isEmpty()
                || isPrimarys(reader.line)
                || reader.line.timeS() + reader.behindS < sinceS && primary.line.hasEnded();
    }

    private long lineSecond(final Reader reader, final AddressLine.Step step) throws IOException {
        final long second = step.commit().timeS();
        return reader.isPrimary
                ? TimeIndex.lineSecond(index, second, step.ordinal())
                : Math.min(second + reader.behindS, reader.lineS);
    }

    /** Texts are unique, so who says the same has it from the same commit. */
    private boolean isPrimarys(final AddressLine line) throws IOException {
        return finder.isSame(line.sight(), primary.line.sight().only(line.keys()));
    }

    private boolean say(final Reader reader, final Sink sink) throws IOException {
        final AddressLine.Step step = reader.line.step();
        final List<BindingKey> changed = changed(step);
        boolean fresh = false;
        for (final BindingKey key : changed) {
            fresh |= remember(new Said(step.commit().id(), key));
        }
        if (fresh) {
            final long second = lineSecond(reader, step);
            for (final LogEntry entry : entries(step, changed, second)) {
                if (!sink.take(entry, second)) {
                    return false;
                }
            }
        }
        if (fresh || reader.isPrimary) {
            reader.line.pass();
            if (!reader.line.hasEnded()) {
                readers.add(reader);
            }
        }
        return true;
    }

    private List<LogEntry> entries(final AddressLine.Step step, final List<BindingKey> changed, final long lineSecond)
            throws IOException {
        final List<LogEntry> entries = new ArrayList<>();
        if (step.commit().isMerge()) {
            final CommitMessage message =
                    CommitMessage.parse(reading.raw(step.commit().id()));
            if (message.isExpiry()) {
                follow(step, changed, lineSecond);
                return entries;
            }
            message.conflicts(step.commit()).stream()
                    .filter(each -> each.address().equals(address))
                    .forEach(entries::add);
        }
        for (final BindingKey key : changed) {
            entries.add(entry(step, key));
        }
        return entries;
    }

    private List<BindingKey> changed(final AddressLine.Step step) throws IOException {
        final Set<BindingKey> keys = new LinkedHashSet<>(step.after().keys());
        keys.addAll(step.before().keys());
        final List<BindingKey> changed = new ArrayList<>();
        for (final BindingKey key : keys) {
            if (!finder.isSame(key, step.after(), step.before())) {
                changed.add(key);
            }
        }
        return changed;
    }

    private boolean remember(final Said what) {
        final boolean fresh = said.add(what);
        if (said.size() > SAID_KEPT) {
            final Iterator<Said> oldest = said.iterator();
            oldest.next();
            oldest.remove();
        }
        return fresh;
    }

    /** Reads on where it expired. */
    private void follow(final AddressLine.Step merge, final List<BindingKey> changed, final long lineSecond)
            throws IOException {
        for (final ObjectId id :
                merge.commit().parents().subList(1, merge.commit().parents().size())) {
            final Optional<Commit> side = reading.older(id);
            if (side.isEmpty()) {
                continue;
            }
            final Sight there = finder.in(side.get());
            final List<BindingKey> brought = new ArrayList<>();
            for (final BindingKey key : changed) {
                if (there.text(key) != null && !finder.isSame(key, there, merge.before())) {
                    brought.add(key);
                }
            }
            if (readers.size() >= MOST_LINES) {
                leftOut = true;
            } else if (!brought.isEmpty()) {
                add(
                        new AddressLine(
                                reading,
                                finder,
                                AddressLine.Place.aside(side.get()),
                                brought,
                                null,
                                AddressLine.End.NOWHERE,
                                tombstonesKeptS),
                        false,
                        lineSecond,
                        lineSecond - merge.commit().timeS());
            }
        }
    }

    private LogEntry entry(final AddressLine.Step step, final BindingKey key) throws IOException {
        final Binding before = finder.binding(step.before(), key);
        final Binding after = finder.binding(step.after(), key);
        final ChangeKind kind = ChangeKind.between(before, after);
        final Binding said = after == null ? before : after;
        final boolean pin =
                kind == ChangeKind.STATIC_ADDED || kind == ChangeKind.STATIC_REMOVED || said.observed() == null;
        final Observation observed = said.observed();
        final long old = pin ? before == null ? 0 : before.mac() : observed(before);
        final long mac = pin ? pinned(after == null ? before : after) : observed.mac();
        return new LogEntry(
                step.commit().timeS(),
                kind,
                key.segment(),
                address,
                old == mac || mac == 0 ? 0 : old,
                mac == 0 ? old : mac,
                observed == null ? null : observed.interfaceName(),
                pin ? null : observed.reason(),
                by(kind, said, step.commit()),
                step.commit().isMerge() ? kind.observer(said) : step.commit().router(),
                step.commit().id());
    }

    private static long pinned(final Binding binding) {
        final Pin pin = binding == null ? null : binding.pinned();
        return pin == null ? 0 : pin.mac();
    }

    /** The MAC that was live; one that had gone is not what the next one replaces. */
    private static long observed(final Binding binding) {
        final Observation observed = binding == null ? null : binding.observed();
        return observed == null || !observed.isLive() ? 0 : observed.mac();
    }

    private String by(final ChangeKind kind, final Binding binding, final Commit commit) throws IOException {
        return switch (kind) {
            case STATIC_ADDED, STATIC_REMOVED -> binding.pinned().by();
            case FLUSHED -> CommitMessage.parse(reading.raw(commit.id())).by();
            default -> null;
        };
    }
}
