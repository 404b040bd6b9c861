package org.portolan.control.history.peer;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.FileFailure;

/** The sentences for a peer that could not be read, or of which nothing was taken: which one, why, and the way out. */
record FetchFailures(String name, URI url) {
    /** For whatever went wrong while it was read or checked. */
    HistoryException of(final IOException thrown) {
        return switch (thrown) {
            case final HistoryException said -> said;
            case final BadPeerException bad -> refused(bad.getMessage(), bad);
            case final MissingObjectException missing ->
                refused("does not send all that leads to its head (%s)".formatted(missing.getMessage()), missing);
            case final CorruptObjectException corrupt ->
                refused("sends a damaged object: " + corrupt.getMessage(), corrupt);
            case final IncorrectObjectTypeException type ->
                refused("sends a damaged object: " + type.getMessage(), type);
            case final EOFException end -> incomplete("the connection ended too early", end);
            default -> incomplete(FileFailure.of(thrown), thrown);
        };
    }

    HistoryException cannotRead(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s cannot be read from %s: %s; it is asked again in time. See that it runs, and that its"
                                + " history.serve names that address")
                        .formatted(name, url, why),
                cause);
    }

    private HistoryException incomplete(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s: its history did not come whole from %s: %s; nothing of it was taken, it is asked again in"
                                + " time")
                        .formatted(name, url, why),
                cause);
    }

    HistoryException refused(final String why, final Throwable cause) {
        return new HistoryException(
                ("peer %s is refused: %s %s; nothing of it was taken. Look there with git fsck, or take it out of"
                                + " history.peers")
                        .formatted(name, url, why),
                cause);
    }
}
