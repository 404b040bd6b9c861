package org.portolan.dataplane.system;

/** A file or directory that somebody else could change under the router; the message is a sentence with the remedy. */
public final class UntrustedPathException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UntrustedPathException(final String message) {
        super(message);
    }
}
