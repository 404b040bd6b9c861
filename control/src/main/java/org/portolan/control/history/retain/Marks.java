package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.RawCommit;

/**
 * Finds a time in the history without a walk: some commits of primary's first-parent line, in memory and in a side file
 * that is rebuilt when it is damaged. Marked are the oldest commit that is kept, each day's first, both sides of each
 * step back of the clock and of each leap over more than a day, and so many that none are further apart than
 * {@link #APART}.
 *
 * <p>A clock may have been set back, so that dates do not always rise along the line; from one mark to the next they
 * do, and so the earliest and the latest date of a stretch are those of marks. A time is looked for by {@link
 * LineTime}, which rises with the line: what is found is the newest commit whose line time is not after the one asked
 * for.
 *
 * <p>The historian's thread writes; any thread reads.
 */
public final class Marks {
    static final int APART = 512;

    /** Of a history whose file was lost, so many of the newest merges are looked into: some 200 us each. */
    private static final int MOST_MERGES = 5_000;

    /**
     * A commit on the line.
     *
     * @param epochSeconds its commit time
     * @param ordinal its number on the line, counted from where the marks were begun: from 0 at a commit that has no
     *     parents, from 1 at a boundary
     * @param lineS its time on the line, by which it is found: {@link LineTime}
     * @param arrivals by the commits after the mark before it, and by itself
     */
    public record Mark(long epochSeconds, ObjectId commit, long ordinal, long lineS, MergedAddresses arrivals) {
        /** One whose place is not known yet. */
        static Mark loose(final RawCommit commit, final long ordinal) {
            return new Mark(commit.timeS(), commit.id(), ordinal, commit.timeS(), MergedAddresses.NONE);
        }

        /** Whether nothing was ever written before it. */
        boolean isRoot() {
            return ordinal == 0;
        }

        Mark placed(final long numbers, final List<Mark> before) {
            return new Mark(epochSeconds, commit, ordinal + numbers, LineTime.of(epochSeconds, before), arrivals);
        }

        /** A commit after this mark and before the next one, or this mark itself. */
        Mark later(final RawCommit other, final long itsOrdinal) {
            return itsOrdinal == ordinal
                    ? this
                    : new Mark(
                            other.timeS(), other.id(), itsOrdinal, Math.max(other.timeS(), lineS), MergedAddresses.ANY);
        }

        Mark with(final MergedAddresses more) {
            return new Mark(epochSeconds, commit, ordinal, lineS, arrivals.with(more));
        }
    }

    private final FileRepository git;
    private final MarksFile file;
    private final MergedAddresses.Finder finder;
    private volatile MarkedLine line;
    /** Which the file was written with; null when it is behind. */
    private Set<ObjectId> filed;

    private Marks(final FileRepository git, final MergedAddresses.Finder finder) {
        this.git = git;
        this.finder = finder;
        file = new MarksFile(git.getDirectory().toPath());
    }

    /** Without a look at what merges brought: any of them may have brought any address. */
    public static Marks open(final FileRepository git, final ObjectId head) throws IOException {
        return open(
                git,
                head,
                (reader, commit, raw) -> commit.parents().size() > 1 ? MergedAddresses.ANY : MergedAddresses.NONE);
    }

    /**
     * Reads the side file, and walks what it does not know: as a rule a few commits, everything at worst.
     *
     * @param head of primary
     */
    public static Marks open(final FileRepository git, final ObjectId head, final MergedAddresses.Finder finder)
            throws IOException {
        final Marks marks = new Marks(git, finder);
        try (ObjectReader reader = new PackedReader(git)) {
            marks.read(reader);
            marks.advance(head, reader);
        }
        return marks;
    }

    private void read(final ObjectReader reader) throws IOException {
        final Set<ObjectId> boundary = Shallow.read(git);
        final MarksFile.Content content = file.read();
        final boolean isOfBoundary = content.isOf(boundary);
        final List<Mark> marks = isOfBoundary ? content.marks() : MarkedLine.within(content.marks(), boundary, reader);
        line = MarkedLine.of(marks, marks.isEmpty() ? null : marks.getLast());
        filed = isOfBoundary ? boundary : null;
    }

    // ---- read

    /**
     * The newest commit of the line at or before a time; nothing when the history that is kept begins later.
     *
     * @throws MissingObjectException when a commit that is kept is not there
     */
    public Optional<Mark> find(final long epochSeconds) throws IOException {
        return find(mark -> mark.lineS() <= epochSeconds);
    }

    /**
     * The time of a commit of the line, by which it is found.
     *
     * @param epochSeconds its date
     */
    public long lineS(final long epochSeconds, final long ordinal) {
        final MarkedLine now = line;
        if (ordinal > now.head().ordinal()) {
            return now.next(epochSeconds);
        }
        final int index = now.upTo(ordinal);
        return index < 0
                ? epochSeconds
                : Math.max(epochSeconds, now.marks().get(index).lineS());
    }

    /** Whether the line would wait, for a day or more, for a clock that shows that: then it is the clock that is wrong. */
    public boolean isBehind(final long wallS) {
        final MarkedLine now = line;
        return now.next(wallS) > wallS + LineTime.WRONG_S;
    }

    /**
     * The last commit before the first one that is young: what is before it is all old, or dated by a wrong clock.
     * Where most of the line is dated ahead it is the present clock that is wrong, and nothing is certainly old.
     *
     * @param oldS commits until this second are old, from {@link Retention#EARLIEST_S} on; earlier ones were written by
     *     a wrong clock, and say nothing of their age
     * @param aheadS so were those after this second
     */
    Optional<Mark> lastOld(final long oldS, final long aheadS) throws IOException {
        final MarkedLine now = line;
        if (now.isMostlyAfter(aheadS)) {
            return Optional.empty();
        }
        final Predicate<Mark> isOld =
                mark -> mark.epochSeconds() <= oldS && mark.epochSeconds() >= Retention.EARLIEST_S;
        int last = -1;
        for (int i = 0; i < now.marks().size(); i++) {
            final Mark mark = now.marks().get(i);
            final boolean isWrong = mark.epochSeconds() > aheadS || mark.epochSeconds() < Retention.EARLIEST_S;
            if (isOld.test(mark)) {
                last = i;
            } else if (!isWrong
                    || last == i - 1 && last >= 0 && reaches(now.marks().get(last), oldS)) {
                break;
            }
        }
        return find(now, last, isOld);
    }

    /** Whether young commits may follow that mark on its day, before the next mark. */
    private static boolean reaches(final Mark mark, final long oldS) {
        return LineTime.day(mark.epochSeconds()) == LineTime.day(oldS);
    }

    /**
     * The last commit up to one whose line time is its date and which is not dated ahead of it, so that a history that
     * begins with it has the same times when its marks are lost; the oldest when there is none.
     */
    Mark onTime(final Mark mark) {
        if (mark.lineS() == mark.epochSeconds()) {
            return mark;
        }
        final MarkedLine now = line;
        int index = now.upTo(mark.ordinal());
        while (index > 0 && !isOnTime(now.marks().get(index), mark.lineS())) {
            index--;
        }
        return now.marks().get(index);
    }

    private static boolean isOnTime(final Mark mark, final long latestS) {
        return mark.lineS() == mark.epochSeconds() && mark.lineS() <= latestS;
    }

    /** The commit with that number on the line, if it is kept. */
    Optional<Mark> at(final long ordinal) throws IOException {
        return ordinal > line.head().ordinal() ? Optional.empty() : find(mark -> mark.ordinal() <= ordinal);
    }

    /** Whether a peer may have brought an address by a commit after one of the line and up to another. */
    public boolean mayHaveCome(final int address, final long earlier, final long later) {
        final MarkedLine now = line;
        for (int i = now.upTo(earlier) + 1; i < now.marks().size(); i++) {
            final Mark mark = now.marks().get(i);
            if (mark.arrivals().mayHold(address)) {
                return true;
            }
            if (mark.ordinal() >= later) {
                return false;
            }
        }
        return later > now.head().ordinal() || now.head().arrivals().mayHold(address);
    }

    /** The newest that is right: from the newest mark that is, the next commits are looked at, the newest first. */
    private Optional<Mark> find(final Predicate<Mark> isRight) throws IOException {
        final MarkedLine now = line;
        return find(now, now.newest(isRight), isRight);
    }

    private Optional<Mark> find(final MarkedLine now, final int index, final Predicate<Mark> isRight)
            throws IOException {
        if (index < 0) {
            return Optional.empty();
        }
        Mark at = index == now.marks().size() - 1 ? now.head() : now.marks().get(index + 1);
        try (ObjectReader reader = new PackedReader(git)) {
            RawCommit commit = RawCommit.read(reader, at.commit());
            while (!isRight.test(at)) {
                commit = RawCommit.read(reader, commit.parents().getFirst());
                at = now.marks().get(index).later(commit, at.ordinal() - 1);
            }
            return Optional.of(at);
        } catch (final MissingObjectException e) {
            if (line.marks().getFirst().equals(now.marks().getFirst())) {
                throw e;
            }
            // The boundary moved while we looked: what is asked for is behind it by now.
            return Optional.empty();
        }
    }

    /** The oldest first; the first of them is where the history begins that is kept. */
    public List<Mark> all() {
        return line.marks();
    }

    /** Where the history begins that is kept: {@link #find(long)} finds nothing that is older. */
    public Mark oldest() {
        return line.marks().getFirst();
    }

    /** The commit that {@link #advance} was called with last. */
    public Mark head() {
        return line.head();
    }

    // ---- write

    /** To be called when primary moved. */
    public void advance(final ObjectId head) throws IOException {
        // JGit knows the pack that was just written. Anything else would look at all packs, in each batch.
        try (ObjectReader reader = git.newObjectReader()) {
            advance(head, reader);
        }
    }

    private void advance(final ObjectId head, final ObjectReader reader) throws IOException {
        final MarkedLine before = line;
        line = walk(before, head, reader);
        keep(line.marks() != before.marks());
    }

    /** Back from the head to a commit that is known, or to where the history begins; only marks are remembered. */
    private MarkedLine walk(final MarkedLine before, final ObjectId head, final ObjectReader reader)
            throws IOException {
        final Mark newest = before.known(head);
        if (newest != null) {
            return before.endAt(newest);
        }
        final Set<ObjectId> boundary = Shallow.read(git);
        final Walk walk = new Walk(reader, head);
        while (!walk.commit.parents().isEmpty() && !boundary.contains(walk.commit.id())) {
            final Mark known = before.known(walk.commit.parents().getFirst());
            walk.step(known);
            if (known != null) {
                return walk.join(before.endAt(known));
            }
        }
        return walk.join(MarkedLine.of(List.of(), null));
    }

    /** Goes back along the line. What is found is numbered from 0 down. */
    private final class Walk {
        private final ObjectReader reader;
        private final List<Mark> fresh = new ArrayList<>();
        private Mark newest;
        private RawCommit commit;
        private Mark at;
        private MergedAddresses own;
        /** By the commits after this one, up to the last mark that was found. */
        private MergedAddresses later = MergedAddresses.NONE;

        private boolean isBreak;
        private int merges;

        Walk(final ObjectReader reader, final ObjectId head) throws IOException {
            this.reader = reader;
            read(head);
            newest = Mark.loose(commit, 0);
            at = newest;
        }

        private void read(final ObjectId id) throws IOException {
            final byte[] raw = reader.open(id, Constants.OBJ_COMMIT).getCachedBytes();
            commit = RawCommit.parse(id, raw);
            final boolean isOneTooMany = commit.parents().size() > 1 && ++merges > MOST_MERGES;
            own = isOneTooMany ? MergedAddresses.ANY : finder.of(reader, commit, raw);
        }

        /** @param known the next one, when it is known */
        void step(final Mark known) throws IOException {
            final MergedAddresses came = own;
            if (known == null) {
                read(commit.parents().getFirst());
            }
            final Mark parent = known == null ? Mark.loose(commit, at.ordinal() - 1) : known;
            if (isBreak || isMark(at, parent)) {
                note();
                fresh.add(at);
                later = came;
            } else {
                later = later.with(came);
            }
            isBreak = LineTime.isBreak(parent.epochSeconds(), at.epochSeconds());
            if (known == null) {
                at = parent;
            } else {
                own = MergedAddresses.NONE;
            }
        }

        private void note() {
            if (fresh.isEmpty()) {
                newest = newest.with(later);
            } else {
                fresh.set(fresh.size() - 1, fresh.getLast().with(later));
            }
        }

        MarkedLine join(final MarkedLine line) {
            later = later.with(own);
            note();
            return line.extend(fresh, newest, at, commit.parents().isEmpty());
        }
    }

    /** Whether it is one for its time, or because it is far from the head, from which it is numbered. */
    private static boolean isMark(final Mark commit, final Mark parent) {
        return LineTime.isTurn(parent.epochSeconds(), commit.epochSeconds())
                || commit.ordinal() < 0 && commit.ordinal() % (APART - 1) == 0;
    }

    /** The history begins there now: what is before is forgotten. */
    void cut(final Mark boundary) {
        line = line.beginAt(boundary);
        keep(true);
    }

    private void keep(final boolean isNew) {
        try {
            final Set<ObjectId> boundary = Shallow.read(git);
            if (isNew || !boundary.equals(filed)) {
                filed = null;
                file.write(boundary, line.marks());
                filed = boundary;
            }
        } catch (final IOException e) {
            // A cache: it is tried again with the next commit, or rebuilt with the next start.
            filed = null;
        }
    }
}
