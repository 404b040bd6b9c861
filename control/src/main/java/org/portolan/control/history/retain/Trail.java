package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Commits of a first-parent line, the newest first, 24 bytes each: a walk of JGit's keeps 130 for every commit that it
 * met, and the line may be as long as the history.
 */
final class Trail {
    /** Then JGit's walk is dropped, and what it remembers with it. */
    private static final int WALKED_AT_ONCE = 4_096;

    private static final int WORDS = 5;

    private int[] ids = new int[WORDS * 64];
    private int[] times = new int[64];
    private int size;
    private ObjectId end;

    private Trail() {}

    /** From the head, it included, to the first commit that is known, or to where the history begins. */
    static Trail back(final ObjectReader reader, final ObjectId head, final Predicate<ObjectId> isKnown)
            throws IOException {
        final Trail trail = new Trail();
        ObjectId next = head;
        while (next != null) {
            next = trail.add(new RevWalk(reader), next, isKnown);
        }
        return trail;
    }

    /** @return where to go on */
    private ObjectId add(final RevWalk walk, final ObjectId from, final Predicate<ObjectId> isKnown)
            throws IOException {
        walk.setRetainBody(false);
        ObjectId next = from;
        for (int i = 0; i < WALKED_AT_ONCE; i++) {
            if (isKnown.test(next)) {
                end = next.copy();
                return null;
            }
            final RevCommit commit = walk.parseCommit(next);
            add(commit, commit.getCommitTime());
            if (commit.getParentCount() == 0) {
                return null;
            }
            next = commit.getParent(0);
        }
        return next.copy();
    }

    private void add(final AnyObjectId id, final int timeS) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            ids = Arrays.copyOf(ids, size * 2 * WORDS);
        }
        id.copyRawTo(ids, size * WORDS);
        times[size++] = timeS;
    }

    int size() {
        return size;
    }

    /** The known commit that it led to; null when there was none. */
    ObjectId end() {
        return end;
    }

    ObjectId commit(final int index) {
        return ObjectId.fromRaw(ids, index * WORDS);
    }

    long timeS(final int index) {
        return times[index];
    }
}
