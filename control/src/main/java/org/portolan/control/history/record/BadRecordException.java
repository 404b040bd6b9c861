package org.portolan.control.history.record;

/** A file of the history that is not one: the message says what it is or has, without naming it. */
public final class BadRecordException extends Exception {
    private static final long serialVersionUID = 1;

    public BadRecordException(final String message) {
        super(message);
    }
}
