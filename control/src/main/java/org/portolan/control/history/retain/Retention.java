package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectIdSet;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Packing;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Marks.Mark;

/**
 * Keeps the history as long, and as large, as it may be: moves the boundary up, then drops what is behind it.
 *
 * <p>A crash at any point leaves what the next pass finds: a boundary is on the disk before anything behind it goes,
 * and a new pack before an old one is retired.
 */
public final class Retention {
    /**
     * No clock that was right has shown this program an earlier second (2020-01-01). Machines without a battery begin
     * with 1970, or with the year in which their firmware was made.
     */
    public static final long EARLIEST_S = 1_577_836_800L;

    /** For its age alone a pack is rewritten only when half of it is dead: less is not worth the writing. */
    private static final double DEAD_BY_AGE = 0.5;

    private static final double DEAD_BY_SIZE = 0.1;

    /** The part of the history that goes at once when it is too large. */
    private static final int PARTS = 10;

    /** A peer may bring a boundary of its own while one is looked for. */
    private static final int MOST_TRIES = 3;

    /** However large the packs are, so many commits stay: the table itself may be larger than the limit. */
    private static final int FEWEST_COMMITS = 64;

    private static final long DAY_S = TimeUnit.DAYS.toSeconds(1);

    private final PackShelf shelf;
    private final Marks marks;
    private final KeptRefs keptRefs;
    private final Limits limits;
    private final int mostObjects;
    private boolean isReclaimed;

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
     * Which refs stay when their commit is older than the history. A router's own expiry branches and the heads of
     * peers that it has no more go; the heads of its peers stay, because what a peer last said would be fetched again
     * with all its past; and so does whatever a person named.
     *
     * @param peers refs of the peers that are configured, such as {@code refs/remotes/edge-2/primary}
     */
    public record KeptRefs(Supplier<Set<String>> peers) {
        private static final String EXPIRY = "refs/heads/expire_";
        private static final String REMOTES = "refs/remotes/";

        boolean keeps(final String ref) {
            if (ref.startsWith(EXPIRY)) {
                return false;
            }
            return !ref.startsWith(REMOTES) || peers.get().contains(ref);
        }
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

    /**
     * Makes one pass when there is something to do.
     *
     * @param nowMs a clock that never goes back
     * @param wallS the wall clock; 0 when it cannot be trusted: then nothing is too old
     * @return what it did
     */
    Optional<Report> step(final long nowMs, final long wallS, final Pause pause) throws IOException {
        final Optional<Mark> tooOld = tooOld(wallS);
        if (tooOld.isPresent()) {
            isReclaimed = false;
            return Optional.of(pass(tooOld.get(), DEAD_BY_AGE, nowMs, pause));
        }
        if (limits.bytes == 0 || shelf.liveBytes() <= limits.bytes) {
            isReclaimed = false;
            return Optional.empty();
        }
        final Optional<Mark> target = tooMuch();
        return target.isEmpty() ? Optional.empty() : Optional.of(pass(target.get(), DEAD_BY_SIZE, nowMs, pause));
    }

    /** Whether the disk holds more than it may, what was replaced and rests included. */
    boolean isFull() throws IOException {
        return limits.bytes > 0 && shelf.allBytes() > limits.bytes;
    }

    /**
     * The boundary goes before the first commit that is young, whatever older date one behind it has: a clock that was
     * behind for a moment drops nothing. A day at least: a boundary that moves with each commit would cost more than it
     * frees.
     */
    private Optional<Mark> tooOld(final long nowS) throws IOException {
        final long latestS = nowS - limits.days * DAY_S;
        final long aheadS = nowS + DAY_S;
        final long oldestS = marks.oldest().epochSeconds();
        if (limits.days == 0 || oldestS > latestS - DAY_S && oldestS <= aheadS) {
            return Optional.empty();
        }
        return marks.lastOld(latestS, aheadS)
                .map(marks::onTime)
                .filter(found -> found.ordinal() > marks.oldest().ordinal());
    }

    /** First what is behind the boundary already and not yet dropped, then more history. */
    private Optional<Mark> tooMuch() throws IOException {
        if (!isReclaimed) {
            isReclaimed = true;
            return Optional.of(marks.oldest());
        }
        if (!canBeShorter()) {
            return Optional.empty();
        }
        // A short history by halves: else each of its commits would move the boundary.
        final long fewer = Math.max(commits() / PARTS, Math.min(commits() / 2, FEWEST_COMMITS));
        final Optional<Mark> target = marks.at(marks.oldest().ordinal() + fewer);
        // Where the clock was behind for all of them the disk's limit counts for more.
        return target.map(marks::onTime)
                .filter(mark -> mark.ordinal() > marks.oldest().ordinal())
                .or(() -> target);
    }

    private long commits() {
        return marks.head().ordinal() - marks.oldest().ordinal() + 1;
    }

    private boolean canBeShorter() {
        return commits() >= 2 * FEWEST_COMMITS;
    }

    // ---- a pass

    /**
     * Moves the boundary there; rewrites, without what nothing reaches, the packs that are dead for the most part;
     * and retires those.
     *
     * @param leastDead which part of a pack's commits has to be gone: 0 to 1
     */
    Report pass(final Mark target, final double leastDead, final long nowMs, final Pause pause) throws IOException {
        final long bytesBefore = shelf.liveBytes();
        final BoundaryMove move = move(target, pause);
        final List<PackShelf.Shelved> dead = dead(move.keptCommits(), leastDead, pause);
        if (!dead.isEmpty()) {
            drop(dead, nowMs, pause);
        }
        final long bytes = shelf.liveBytes();
        final boolean fits = limits.bytes == 0 || bytes <= limits.bytes || canBeShorter();
        return new Report(
                move.droppedCount(),
                move.refsDropped(),
                bytesBefore,
                bytes,
                marks.oldest().epochSeconds(),
                fits);
    }

    private BoundaryMove move(final Mark target, final Pause pause) throws IOException {
        for (int i = 0; i < MOST_TRIES; i++) {
            final BoundaryMove move = new BoundaryMove(shelf.git(), target, keptRefs);
            if (move.run(pause)) {
                Sweep.caches(shelf.git());
                marks.cut(target);
                return move;
            }
        }
        throw new IOException("the history's boundary moved each time it was looked at: a peer brings a new one again"
                + " and again");
    }

    /**
     * The packs that are worth rewriting: those of whose commits many are kept no more. A change is one commit and
     * six other objects, so the commits stand for the rest. With them those that hold no commit at all, such as what an
     * earlier pass rescued: nothing tells how dead they are.
     */
    private List<PackShelf.Shelved> dead(final ObjectIdSet kept, final double leastDead, final Pause pause)
            throws IOException {
        final List<PackShelf.Shelved> dead = new ArrayList<>();
        final List<PackShelf.Shelved> withoutCommits = new ArrayList<>();
        for (final PackShelf.Shelved pack : shelf.live()) {
            final long[] commits = pack.isKept() ? new long[] {1, 0} : countCommits(pack, kept, pause);
            if (commits[0] == 0) {
                withoutCommits.add(pack);
            } else if (commits[1] > 0 && commits[1] >= commits[0] * leastDead) {
                dead.add(pack);
            }
        }
        if (!dead.isEmpty()) {
            dead.addAll(withoutCommits);
        }
        return dead;
    }

    /** All, and those that are not kept. */
    private long[] countCommits(final PackShelf.Shelved pack, final ObjectIdSet kept, final Pause pause)
            throws IOException {
        final long[] commits = new long[2];
        try (PackedSet all = PackedSet.all(List.of(shelf.file(pack.name())))) {
            all.forEach(pause, (number, id) -> {
                if (all.type(number) == Constants.OBJ_COMMIT) {
                    commits[0]++;
                    commits[1] += kept.contains(id) ? 0 : 1;
                }
            });
        }
        return commits;
    }

    /**
     * What lives in them is rescued before they are retired, and again before they are deleted: in the ten minutes in
     * between, a peer's history or a person's new branch may have reached into them. A pack of which all lives comes
     * out under the same name, and stays.
     */
    private void drop(final List<PackShelf.Shelved> dead, final long nowMs, final Pause pause) throws IOException {
        final PackedSet live = new PackedSet(shelf.files(dead));
        try {
            final Reachable reachable = new Reachable(shelf.git(), live);
            reachable.mark(pause);
            final Set<String> rescued = new HashSet<>(new Rescue(shelf, live, mostObjects, pause).run(dead));
            final List<PackShelf.Shelved> dying =
                    dead.stream().filter(pack -> !rescued.contains(pack.name())).toList();
            shelf.retire(dying, nowMs, new PackShelf.Farewell() {
                @Override
                public boolean mayGo(final String pack) throws IOException {
                    reachable.mark(Pause.NONE);
                    rescued.addAll(new Rescue(shelf, live, mostObjects, Pause.NONE).run(dying));
                    return !rescued.contains(pack);
                }

                @Override
                public void close() throws IOException {
                    live.close();
                }
            });
        } catch (final IOException | RuntimeException e) {
            live.close();
            throw e;
        }
    }
}
