package org.portolan.control.history.peer;

import org.portolan.control.history.store.HistoryException;

/** This router moved its own boundary while it fetched a peer: no fault of the peer, which is asked again as usual. */
final class ShortenedException extends HistoryException {
    private static final long serialVersionUID = 1;

    /** @param peer its name in the config */
    static ShortenedException of(final String peer, final Throwable cause) {
        return new ShortenedException(
                ("peer %s: this history was shortened while the peer's was fetched; nothing of it was taken, it is"
                                + " asked again in time")
                        .formatted(peer),
                cause);
    }

    ShortenedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
