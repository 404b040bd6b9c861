package org.portolan.control.history.pack;

import java.io.IOException;

/** A place in a pack where no entry can begin. */
public final class BadEntryException extends IOException {
    private static final long serialVersionUID = 1;

    BadEntryException(final String message) {
        super(message);
    }
}
