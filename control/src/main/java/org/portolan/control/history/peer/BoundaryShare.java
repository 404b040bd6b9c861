package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.store.HistoryRepository;

/**
 * What one peer may add to the boundary of our history. A peer can make up commits without their parents by the
 * thousand, each of them a line of the file {@code shallow}: clients that fetch all of the history are sent these
 * lines, and each fetch of ours sends them to the peer. One thread at a time.
 *
 * <p>What the peer has added is not remembered over a restart of the router. To know it again, all lines would have to
 * be walked. The peer gains at most its share again with each restart, which it cannot bring about, and never more than
 * {@link #MOST} with all others: a boundary of that size costs each fetch 265 KB, and no peer that adds nothing is
 * refused for it.
 */
final class BoundaryShare {
    /** In the whole boundary once a peer has added to it: half of what a peer of ours takes. */
    static final int MOST = Conversation.MOST_BOUNDARY / 2;

    /** Of those, that one peer has added since the start. An honest peer's history is cut off in a few places. */
    static final int MOST_OF_ONE = 1_000;

    /** What the peer has added, and some that were refused in the end: these are not part of the boundary. */
    private final Set<ObjectId> added = new HashSet<>();

    /**
     * @param known what the history holds
     * @param next what the boundary is with what came from the peer
     * @throws BadPeerException when that is too much. A peer that adds nothing is always taken
     */
    void require(final Known known, final Set<ObjectId> next) throws IOException {
        final Set<ObjectId> fresh = new HashSet<>(next);
        fresh.removeAll(known.boundary());
        if (fresh.isEmpty()) {
            return;
        }
        if (next.size() > MOST) {
            throw new BadPeerException("would give this history a boundary of %d commits, and %d is the limit"
                    .formatted(next.size(), MOST));
        }
        if (isBlank(known)) {
            return;
        }
        added.retainAll(known.boundary());
        fresh.addAll(added);
        if (fresh.size() > MOST_OF_ONE) {
            throw new BadPeerException("cuts its history off in %d places, and %d is the limit for one peer"
                    .formatted(fresh.size(), MOST_OF_ONE));
        }
        added.addAll(fresh);
    }

    /** A history that holds nothing begins with what others have collected for years. */
    private static boolean isBlank(final Known known) throws IOException {
        try (ObjectReader own = known.git().newObjectReader()) {
            return HistoryRepository.isBlank(own, known.primary());
        }
    }
}
