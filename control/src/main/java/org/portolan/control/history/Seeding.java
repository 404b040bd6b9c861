package org.portolan.control.history;

import java.io.IOException;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.store.HistoryRepository;

/**
 * A router that has never written anything waits for its peers before its first batch, so that its line begins with
 * what they remember. Once it has a commit of its own, its line is its own. What happens meanwhile waits in the ring.
 * Historian's thread only.
 */
final class Seeding {
    /** A peer that is reached gives its history in less, or it is long. */
    static final long LONGEST_MICROS = 10_000_000;

    private final HistoryRepository repository;
    private final Peers peers;
    /** Where primary is while nothing was ever written; null when something was. */
    private final ObjectId blank;

    private boolean isOver;
    /** 0 before it was asked for the first time. */
    private long untilMicros;

    Seeding(final HistoryRepository repository, final Peers peers) throws IOException {
        this.repository = repository;
        this.peers = peers;
        blank = repository.isBlank() ? repository.primary() : null;
        isOver = peers.areTried() || blank == null;
    }

    /** Whether nothing is to be written yet. */
    boolean isOn(final long nowMicros) {
        if (!isOver && untilMicros == 0) {
            untilMicros = nowMicros + LONGEST_MICROS;
        }
        isOver |= nowMicros >= untilMicros || peers.areTried() || !isBlank();
        return !isOver;
    }

    /** Whether nothing was ever written. */
    boolean isBlank() {
        return repository.primary().equals(blank);
    }
}
