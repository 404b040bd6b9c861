package org.portolan.control.history;

import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.log.Log;

/**
 * Tries again what failed behind a move of primary: the changes are written, and nothing waits for it. Said when it
 * begins and when it is over. Historian's thread only.
 */
final class Settlement {
    private static final long EVERY_S = 5;
    private static final long EVERY_MICROS = EVERY_S * 1_000_000;

    private final HistoryRepository repository;
    private final Log log;
    /** 0 while nothing is left to do. */
    private long againMicros;

    Settlement(final HistoryRepository repository, final Log log) {
        this.repository = repository;
        this.log = log;
    }

    /** @param now of the steady clock */
    void step(final long now) {
        if (againMicros != 0 && now >= againMicros) {
            againMicros = now + EVERY_MICROS;
            repository.settle();
        }
        if (repository.trouble().isEmpty()) {
            if (againMicros != 0) {
                againMicros = 0;
                log.info("history: the work left over after a commit is done");
            }
        } else if (againMicros == 0) {
            againMicros = now + EVERY_MICROS;
            log.warn("history: the changes are written, but %s. Tried again every %d s", repository.trouble(), EVERY_S);
        }
    }
}
