package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the history as long, and as large, as it may be: moves the boundary up, then drops what is behind it, in steps
 * between which the historian writes on.
 */
public final class Retention implements AutoCloseable {
    /** For its age alone a pack is written anew only when half of it is dead: less is not worth the writing. */
    private static final double DEAD_BY_AGE = 0.5;

    private static final double DEAD_BY_SIZE = 0.1;

    /** The part of the history that goes at once when it is too large. */
    private static final int PARTS = 10;

    /** However large the packs are, so many commits stay: the table itself may be larger than the limit. */
    private static final int FEWEST_COMMITS = 64;

    private static final long DAY_S = TimeUnit.DAYS.toSeconds(1);

    private final PackShelf shelf;
    private final Marks marks;
    private final KeptRefs keptRefs;
    private final Limits limits;
    private final int mostObjects;
    private boolean isReclaimed;
    private RetentionPass pass;

    Retention(final PackShelf shelf, final Marks marks, final KeptRefs keptRefs, final Limits limits) {
        this(shelf, marks, keptRefs, limits, Packing.MOST_OBJECTS);
    }

    Retention(
            final PackShelf shelf,
            final Marks marks,
            final KeptRefs keptRefs,
            final Limits limits,
            final int mostObjects) {
        this.shelf = shelf;
        this.marks = marks;
        this.keptRefs = keptRefs;
        this.limits = limits;
        this.mostObjects = mostObjects;
    }

    /**
     * How much may be kept.
     *
     * @param days 0 for any age
     * @param bytes packs and their indexes; 0 for any size
     */
    public record Limits(int days, long bytes) {
        public static final Limits NONE = new Limits(0, 0);
    }

    /**
     * What a pass did.
     *
     * @param commitsDropped whose history is behind the boundary now
     * @param refsDropped that pointed there
     * @param bytesAfter without what is kept ten minutes more
     * @param oldestS time of the oldest commit on primary's line
     * @param fits false when it is larger than it may be, and as short as it can be
     */
    public record Report(
            long commitsDropped,
            List<String> refsDropped,
            long bytesBefore,
            long bytesAfter,
            long oldestS,
            boolean fits) {}

    /** Whether a pass is going on: then the packs are its alone. */
    public boolean isBusy() {
        return pass != null;
    }

    /**
     * Begins a pass when there is something to do; asks the disk, so not to be called all the time.
     *
     * @param nowS the wall clock; 0 when it cannot be trusted: then nothing is too old
     */
    public boolean begin(final long nowS) throws IOException {
        if (pass != null) {
            return true;
        }
        final Optional<Mark> tooOld = tooOld(nowS);
        if (tooOld.isPresent()) {
            isReclaimed = false;
            pass = new RetentionPass(shelf, marks, keptRefs, tooOld.get(), DEAD_BY_AGE, mostObjects);
        } else if (limits.bytes > 0 && shelf.liveBytes() > limits.bytes) {
            beginBySize();
        }
        return pass != null;
    }

    /** Whether the disk holds more than it may, what was replaced and rests included. */
    boolean isFull() throws IOException {
        return limits.bytes > 0 && shelf.allBytes() > limits.bytes;
    }

    /** A day at least: a boundary that moves with each commit would cost more than it frees. */
    private Optional<Mark> tooOld(final long nowS) throws IOException {
        final long latestS = nowS - limits.days * DAY_S;
        if (limits.days == 0 || marks.oldest().epochSeconds() > latestS - DAY_S) {
            return Optional.empty();
        }
        return marks.find(latestS)
                .filter(found -> found.ordinal() > marks.oldest().ordinal());
    }

    /** First what is behind the boundary already and not yet dropped, then more history. */
    private void beginBySize() throws IOException {
        if (!isReclaimed) {
            isReclaimed = true;
            pass = new RetentionPass(shelf, marks, keptRefs, marks.oldest(), DEAD_BY_SIZE, mostObjects);
            return;
        }
        if (canBeShorter()) {
            // A short history by halves: else each of its commits would move the boundary.
            final long fewer = Math.max(commits() / PARTS, Math.min(commits() / 2, FEWEST_COMMITS));
            final Optional<Mark> target = marks.at(marks.oldest().ordinal() + fewer);
            if (target.isPresent()) {
                pass = new RetentionPass(shelf, marks, keptRefs, target.get(), DEAD_BY_SIZE, mostObjects);
            }
        }
    }

    private long commits() {
        return marks.head().ordinal() - marks.oldest().ordinal() + 1;
    }

    private boolean canBeShorter() {
        return commits() >= 2 * FEWEST_COMMITS;
    }

    /**
     * Goes on with a pass.
     *
     * @return what it did, when it is done
     */
    public Optional<Report> step(final long nowMs, final Pause pause) throws IOException {
        if (pass == null) {
            return Optional.empty();
        }
        try {
            if (pass.step(nowMs, pause)) {
                return Optional.empty();
            }
            final RetentionPass done = pass;
            pass = null;
            done.close();
            return Optional.of(report(done));
        } catch (final IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private Report report(final RetentionPass done) throws IOException {
        final long bytes = shelf.liveBytes();
        final boolean fits = limits.bytes == 0 || bytes <= limits.bytes || canBeShorter();
        return new Report(
                done.commitsDropped(),
                done.refsDropped(),
                done.bytesBefore(),
                bytes,
                marks.oldest().epochSeconds(),
                fits);
    }

    /** Ends a pass in the middle: what it did not do, the next one does. */
    @Override
    public void close() {
        if (pass != null) {
            pass.close();
            pass = null;
        }
    }
}
