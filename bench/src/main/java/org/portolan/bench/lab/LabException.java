package org.portolan.bench.lab;

/** The lab could not do what it was asked: a command failed, or a program is missing. The message is for the user. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(final String message) {
        super(message);
    }

    public LabException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
