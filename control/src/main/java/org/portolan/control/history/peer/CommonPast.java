package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.portolan.control.history.store.Batch;

/**
 * Finds what our line and a peer's have in common. A walk goes as far back as the two have gone apart; for two histories
 * that have nothing in common, once, through both. All walks of one meeting together end after
 * {@value #LONGEST_WALK_MS} ms: changes wait meanwhile. Historian only.
 */
final class CommonPast {
    static final long LONGEST_WALK_MS = 2_000;

    private final Batch batch;
    private final LongSupplier nowNs;
    private long leftNs = TimeUnit.MILLISECONDS.toNanos(LONGEST_WALK_MS);

    /** For one meeting. @param nowNs a steady clock */
    CommonPast(final Batch batch, final LongSupplier nowNs) {
        this.batch = batch;
        this.nowNs = nowNs;
    }

    /**
     * The best common ancestors: none, one, or several where the lines have crossed. None too when they lie further
     * back than heap and time let us look: then all that differs counts as changed by both.
     */
    List<ObjectId> bases(final ObjectId ours, final ObjectId theirs) throws IOException {
        final List<ObjectId> bases = new ArrayList<>();
        final long leftMs = TimeUnit.NANOSECONDS.toMillis(leftNs);
        final long beganNs = nowNs.getAsLong();
        try (RevWalk walk = new RevWalk(new BoundedReader(batch.reader(), PeerHeap.walkedCommits(), leftMs))) {
            walk.setRetainBody(false);
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(walk.parseCommit(ours));
            walk.markStart(walk.parseCommit(theirs));
            for (RevCommit base = walk.next(); base != null; base = walk.next()) {
                bases.add(base.copy());
            }
        } catch (final TooLargeException e) {
            return List.of();
        } finally {
            leftNs -= nowNs.getAsLong() - beganNs;
        }
        return bases;
    }
}
