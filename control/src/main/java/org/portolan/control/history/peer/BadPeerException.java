package org.portolan.control.history.peer;

import java.io.IOException;

/** What a peer sends is not a history, or not as git sends it: the message goes on after "the peer ...". */
class BadPeerException extends IOException {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_QUOTE = 200;

    BadPeerException(final String message) {
        super(message);
    }

    BadPeerException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /** A peer's own words, fit to be shown: they may be anything. */
    static String quote(final String words) {
        final StringBuilder text = new StringBuilder("\"");
        words.codePoints()
                .limit(LONGEST_QUOTE)
                .map(c -> c >= ' ' && c < 0x7F ? c : '?')
                .forEach(text::appendCodePoint);
        return text.append('"').toString();
    }
}
