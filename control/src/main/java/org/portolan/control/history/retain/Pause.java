package org.portolan.control.history.retain;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.eclipse.jgit.lib.ProgressMonitor;

/**
 * Lets the historian's thread do what is due while a long step of this package goes on: called every few milliseconds,
 * always where a commit may be written to the repository. What it throws ends the step, which then has changed nothing.
 */
@FunctionalInterface
public interface Pause {
    Pause NONE = () -> {};

    void pause() throws IOException;

    /** JGit's way of telling that it is alive, turned into pauses. */
    static ProgressMonitor monitor(final Pause pause) {
        return new Monitor(pause);
    }

    /** {@link #pause} for callers that JGit calls back and that may throw nothing checked. */
    private static void unchecked(final Pause pause) {
        try {
            pause.pause();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One pause for every {@link #EVERY} objects: 1 to 10 ms of work. */
    final class Monitor implements ProgressMonitor {
        private static final int EVERY = 64;

        private final Pause pause;
        private int since;

        private Monitor(final Pause pause) {
            this.pause = pause;
        }

        @Override
        public void update(final int completed) {
            since += completed;
            if (since >= EVERY) {
                since = 0;
                unchecked(pause);
            }
        }

        @Override
        public void start(final int totalTasks) {
            unchecked(pause);
        }

        @Override
        public void beginTask(final String title, final int totalWork) {
            unchecked(pause);
        }

        @Override
        public void endTask() {
            unchecked(pause);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void showDuration(final boolean enabled) {
            // Nothing is shown.
        }
    }
}
