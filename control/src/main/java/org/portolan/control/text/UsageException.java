package org.portolan.control.text;

/** The words of a command are wrong; the message is for the person who typed them. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(final String message) {
        super(message);
    }
}
