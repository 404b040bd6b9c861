package org.portolan.control.history.store;

import java.io.IOException;

/** Something is wrong with the history's repository: the message is a sentence for the operator, with the way out. */
public class HistoryException extends IOException {
    private static final long serialVersionUID = 1;

    public HistoryException(final String message) {
        super(message);
    }

    public HistoryException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
