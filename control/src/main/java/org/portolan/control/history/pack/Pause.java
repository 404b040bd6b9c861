package org.portolan.control.history.pack;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;

/**
 * Lets the historian's thread do what is due while a long piece of this package goes on: called every few milliseconds,
 * always where a commit may be written to the repository, or a peer's history taken in. What it throws ends the piece,
 * which then has changed nothing that the next one does not find.
 */
@FunctionalInterface
public interface Pause {
    Pause NONE = () -> {};

    void pause() throws IOException;

    /** JGit's way of telling that it is alive, turned into pauses: one for every 64 objects, 1 to 10 ms of work. */
    static ProgressMonitor monitor(final Pause pause) {
        return new EmptyProgressMonitor() {
            private int since;

            @Override
            public void update(final int completed) {
                since += completed;
                if (since >= 64) {
                    since = 0;
                    beginTask("", 0);
                }
            }

            @Override
            public void beginTask(final String title, final int totalWork) {
                try {
                    pause.pause();
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
