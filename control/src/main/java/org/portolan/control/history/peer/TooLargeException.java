package org.portolan.control.history.peer;

/** A peer has more than can be taken, or given, at once: a part of it may do. */
final class TooLargeException extends BadPeerException {
    private static final long serialVersionUID = 1;

    TooLargeException(final String message) {
        super(message);
    }
}
