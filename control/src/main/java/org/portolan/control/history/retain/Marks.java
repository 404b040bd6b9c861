package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.pack.ObjectSource;
import org.portolan.control.history.pack.PackedReader;

/**
 * Finds a time in the history without a walk: the commits of primary's first-parent line, one in 512 and each day's
 * first, in memory and in a side file that is made anew when it does not fit.
 *
 * <p>A clock may have been set back, so that times do not always rise along the line. What is found is always the
 * newest commit on the line whose time is not after the one asked for.
 *
 * <p>The historian's thread writes; any thread reads.
 */
public final class Marks {
    /** No message of ours comes near. */
    private static final int MOST_COMMIT_BYTES = 16 << 20;

    private final FileRepository git;
    private final MarksFile file;
    private volatile MarkedLine line;
    private boolean fileIsBehind;

    private Marks(final FileRepository git) {
        this.git = git;
        file = new MarksFile(git.getDirectory().toPath());
    }

    /**
     * Reads the side file, and walks what it does not know: as a rule a few commits, everything at worst.
     *
     * @param head of primary
     */
    public static Marks open(final FileRepository git, final ObjectId head) throws IOException {
        final Marks marks = new Marks(git);
        marks.load(head);
        return marks;
    }

    // ---- read

    /** The newest commit of the line at or before a time; nothing when the history that is kept begins later. */
    public Optional<ObjectId> before(final long epochSeconds) throws IOException {
        return find(epochSeconds).map(Mark::commit);
    }

    /** The same, with its number on the line. */
    Optional<Mark> find(final long epochSeconds) throws IOException {
        final MarkedLine now = line;
        for (int i = now.size() - 1; i >= 0; i--) {
            if (now.earliestS(i) <= epochSeconds) {
                return within(now, i, epochSeconds);
            }
        }
        return Optional.empty();
    }

    /** Some 256 commits on average. JGit would look for each in one pack after the other, the newest first. */
    private Optional<Mark> within(final MarkedLine now, final int index, final long epochSeconds) throws IOException {
        try (ObjectSource objects = new ObjectSource(git)) {
            final Mark first = now.mark(index);
            Mark at = now.end(index);
            while (at.ordinal() >= first.ordinal()) {
                final byte[] raw = objects.read(at.commit(), Constants.OBJ_COMMIT, MOST_COMMIT_BYTES);
                final RawCommit commit = RawCommit.parse(at.commit(), raw);
                // The upper end is the next one's first, unless it is the head.
                if (commit.timeS() <= epochSeconds && now.isWithin(index, at)) {
                    return Optional.of(new Mark(commit.timeS(), commit.id(), at.ordinal()));
                }
                if (commit.parents().isEmpty()) {
                    break;
                }
                at = new Mark(0, commit.parents().getFirst(), at.ordinal() - 1);
            }
            return Optional.empty();
        } catch (final MissingObjectException e) {
            // The boundary moved while we looked: what is asked for is behind it by now.
            return Optional.empty();
        }
    }

    /** The oldest first; the first of them is where the history begins that is kept. */
    public List<Mark> all() {
        return line.marks();
    }

    /** Where the history begins that is kept: {@link #before} finds nothing that is older. */
    public Mark oldest() {
        return line.mark(0);
    }

    /** The commit that {@link #advance} was told of last. */
    public Mark head() {
        return line.head();
    }

    /** The commit with that number on the line, if it is kept. */
    Optional<Mark> at(final long ordinal) throws IOException {
        final MarkedLine now = line;
        if (ordinal < now.mark(0).ordinal() || ordinal > now.head().ordinal()) {
            return Optional.empty();
        }
        int index = now.size() - 1;
        while (now.mark(index).ordinal() > ordinal) {
            index--;
        }
        final Mark from = now.end(index);
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRetainBody(false);
            RevCommit commit = walk.parseCommit(from.commit());
            for (long i = from.ordinal(); i > ordinal; i--) {
                commit = walk.parseCommit(commit.getParent(0));
            }
            return Optional.of(new Mark(commit.getCommitTime(), commit.copy(), ordinal));
        }
    }

    // ---- write

    /** To be called when primary moved. */
    public void advance(final ObjectId head) throws IOException {
        final MarkedLine now = line;
        final Trail trail;
        // A batch back as a rule, which is in the newest pack: there JGit looks first.
        try (ObjectReader reader = git.newObjectReader()) {
            trail = Trail.back(reader, head, id -> id.equals(now.head().commit()) || now.isMarked(id));
        }
        if (trail.end() == null || !trail.end().equals(now.head().commit())) {
            load(head);
            return;
        }
        final MarkedLine next = now.extend(trail);
        line = next;
        keep(next, now.size());
    }

    private void load(final ObjectId head) throws IOException {
        final List<MarksFile.Line> lines = file.read(Shallow.read(git));
        final Map<ObjectId, Integer> known = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            known.put(lines.get(i).mark().commit(), i);
        }
        final Trail trail;
        try (ObjectReader reader = new PackedReader(git)) {
            trail = Trail.back(reader, head, known::containsKey);
        }
        final int kept = trail.end() == null ? 0 : known.get(trail.end()) + 1;
        final MarkedLine read = kept == 0 ? null : MarkedLine.of(lines.subList(0, kept));
        final MarkedLine next = read == null ? MarkedLine.of(trail) : read.extend(trail);
        line = next;
        fileIsBehind = kept == 0 || kept < lines.size();
        keep(next, kept);
    }

    /** @param written how many of the marks the file has already */
    private void keep(final MarkedLine now, final int written) {
        try {
            if (fileIsBehind) {
                file.rewrite(Shallow.read(git), now.lines());
                fileIsBehind = false;
            } else {
                for (final MarksFile.Line each : now.lines().subList(written, now.size())) {
                    file.append(each);
                }
            }
        } catch (final IOException e) {
            // A cache: it is made anew with the next commit, or with the next start.
            fileIsBehind = true;
        }
    }

    /** The history begins there now: what is before is forgotten. */
    void cut(final Mark boundary) throws IOException {
        final MarkedLine now = line;
        int next = 0;
        while (next < now.size() && now.mark(next).ordinal() <= boundary.ordinal()) {
            next++;
        }
        if (next == 0) {
            return;
        }
        final MarkedLine cut = now.from(boundary, next, earliest(now.end(next - 1), boundary));
        line = cut;
        fileIsBehind = true;
        keep(cut, 0);
    }

    /** The least time from the boundary up to a later commit. */
    private long earliest(final Mark later, final Mark boundary) throws IOException {
        long earliestS = boundary.epochSeconds();
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRetainBody(false);
            RevCommit commit = walk.parseCommit(later.commit());
            for (long i = later.ordinal(); i > boundary.ordinal(); i--) {
                earliestS = Math.min(earliestS, commit.getCommitTime());
                commit = walk.parseCommit(commit.getParent(0));
            }
        }
        return earliestS;
    }
}
