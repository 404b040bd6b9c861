package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;

/**
 * One move of the boundary and what follows from it:
 *
 * <pre>
 *   MOVE     meets what is behind and what is kept; drops refs, writes the file shallow, cuts the marks
 *   LOOK     which packs are dead for the most part, by their commits
 *   MARK     which of their objects are reachable still
 *   RESCUE   those go into new packs; then the old ones are retired
 * </pre>
 *
 * <p>A crash at any point leaves what was before the current step, which the next pass finds: a boundary is on the disk
 * before anything behind it goes, and a new pack before an old one is retired.
 */
final class RetentionPass implements AutoCloseable {
    private enum Stage {
        MOVE,
        LOOK,
        MARK,
        RESCUE,
        DONE
    }

    private final PackShelf shelf;
    private final FileRepository git;
    private final Marks marks;
    private final KeptRefs keptRefs;
    private final Mark target;
    private final double leastDead;
    private final int mostObjects;
    private final long bytesBefore;
    private Stage stage = Stage.MOVE;
    private BoundaryMove move;
    private DeadPacks look;
    private List<PackShelf.Shelved> dead = List.of();
    private LivePart live;
    private Reachable mark;
    private PackRescue rescue;
    private long commitsDropped;
    private List<String> refsDropped = List.of();

    RetentionPass(
            final PackShelf shelf,
            final Marks marks,
            final KeptRefs keptRefs,
            final Mark target,
            final double leastDead,
            final int mostObjects)
            throws IOException {
        this.shelf = shelf;
        this.git = shelf.git();
        this.marks = marks;
        this.keptRefs = keptRefs;
        this.target = target;
        this.leastDead = leastDead;
        this.mostObjects = mostObjects;
        bytesBefore = shelf.liveBytes();
        move = new BoundaryMove(git, target, keptRefs);
    }

    /** @return whether there is more to do */
    boolean step(final long nowMs, final Pause pause) throws IOException {
        switch (stage) {
            case MOVE -> move();
            case LOOK -> look(pause);
            case MARK -> mark();
            case RESCUE -> rescue(nowMs, pause);
            case DONE -> {
                return false;
            }
        }
        return stage != Stage.DONE;
    }

    private void move() throws IOException {
        if (move.isStale()) {
            move.close();
            move = new BoundaryMove(git, target, keptRefs);
        }
        if (!move.step()) {
            commitsDropped = move.droppedCount();
            refsDropped = move.refsDropped();
            marks.cut(target);
            look = new DeadPacks(shelf, move.keptCommits(), leastDead);
            stage = Stage.LOOK;
        }
    }

    private void look(final Pause pause) throws IOException {
        if (!look.step(pause)) {
            dead = look.found();
            look = null;
            move.close();
            move = null;
            live = new LivePart(shelf.open(dead));
            mark = dead.isEmpty() ? null : new Reachable(git, live);
            stage = dead.isEmpty() ? Stage.DONE : Stage.MARK;
        }
    }

    private void mark() throws IOException {
        if (!mark.step()) {
            rescue = new PackRescue(shelf, live, mostObjects);
            stage = Stage.RESCUE;
        }
    }

    private void rescue(final long nowMs, final Pause pause) throws IOException {
        if (!rescue.step(pause)) {
            final LateComers late = new LateComers(shelf, mark.tips());
            shelf.retire(dead, nowMs, late::mayGo);
            stage = Stage.DONE;
        }
    }

    long commitsDropped() {
        return commitsDropped;
    }

    List<String> refsDropped() {
        return refsDropped;
    }

    long bytesBefore() {
        return bytesBefore;
    }

    @Override
    public void close() {
        if (move != null) {
            move.close();
        }
        if (mark != null) {
            mark.close();
        }
    }
}
