package org.portolan.control.command;

/** The words are right, and what they ask for cannot be done; the message is for the person who asked. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(final String message) {
        super(message);
    }
}
