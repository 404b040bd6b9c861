package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.retain.Retention.Report;

/**
 * All that keeps a history small, for the historian's thread to call when it has nothing else to do. The writer's lock
 * is held from before {@link #open} until after {@link #close}.
 */
public final class Upkeep implements AutoCloseable {
    private static final long LOOK_EVERY_MS = TimeUnit.MINUTES.toMillis(1);
    private static final long SWEEP_EVERY_MS = TimeUnit.MINUTES.toMillis(10);

    private final PackShelf shelf;
    private final Sweep sweep;
    private final Compaction compaction;
    private final Retention retention;
    private final Listener listener;
    private long lookMs;
    private long retainMs;
    private long sweepMs;
    private boolean isStarted;
    private boolean isStepping;

    /** Told what was done. */
    public interface Listener {
        void compacted(Compacted done);

        /** A pack that was replaced goes now. */
        default void deleting(final Path pack) {}

        void retained(Report done);
    }

    private Upkeep(
            final FileRepository git,
            final Marks marks,
            final KeptRefs keptRefs,
            final Limits limits,
            final Listener listener) {
        this.listener = listener;
        shelf = new PackShelf(git, listener::deleting);
        sweep = new Sweep(git);
        compaction = new Compaction(shelf);
        retention = new Retention(shelf, marks, keptRefs, limits);
    }

    /** Touches nothing yet: a disk that cannot be written must not keep the history from being read. */
    public static Upkeep open(
            final FileRepository git,
            final Marks marks,
            final KeptRefs keptRefs,
            final Limits limits,
            final Listener listener) {
        return new Upkeep(git, marks, keptRefs, limits, listener);
    }

    /**
     * Does one piece of what is due: some 10 ms as a rule. Writing a large pack takes seconds, in which it pauses.
     *
     * @param nowMs a clock that never goes back
     * @param wallS the wall clock, by which commits are too old; 0 when it cannot be trusted now
     * @param pause may commit, and take over what was fetched; a step within a step does nothing
     * @return whether there is more to do at once
     * @throws IOException when the disk is full or damaged; what was there is there still, and it may be tried again
     */
    public boolean step(final long nowMs, final long wallS, final Pause pause) throws IOException {
        if (isStepping) {
            return false;
        }
        isStepping = true;
        try {
            return next(nowMs, wallS, pause);
        } finally {
            isStepping = false;
        }
    }

    private boolean next(final long nowMs, final long wallS, final Pause pause) throws IOException {
        if (!isStarted) {
            start(nowMs);
            return true;
        }
        shelf.settle(nowMs);
        if (shelf.retiredCount() > 0) {
            shelf.rest(retention.isFull() ? PackShelf.KEPT_SHORTLY_MS : PackShelf.KEPT_MS);
        }
        if (shelf.deleteRetired(nowMs)) {
            return true;
        }
        if (nowMs < lookMs) {
            return false;
        }
        // First: packs may come in faster than they are merged.
        if (nowMs >= retainMs) {
            retainMs = nowMs + LOOK_EVERY_MS;
            if (retain(nowMs, wallS, pause)) {
                return true;
            }
        }
        final Optional<Compacted> compacted = compaction.step(nowMs, pause);
        if (compacted.isPresent()) {
            listener.compacted(compacted.get());
            return true;
        }
        lookMs = nowMs + LOOK_EVERY_MS;
        return false;
    }

    private boolean retain(final long nowMs, final long wallS, final Pause pause) throws IOException {
        if (nowMs >= sweepMs) {
            sweepMs = nowMs + SWEEP_EVERY_MS;
            sweep.run(nowMs);
        }
        final Optional<Report> report = retention.step(nowMs, wallS, pause);
        report.ifPresent(listener::retained);
        return report.isPresent();
    }

    /** Puts in order what a crash left. */
    private void start(final long nowMs) throws IOException {
        sweep.run(nowMs);
        shelf.retireReplaced(nowMs);
        sweepMs = nowMs + SWEEP_EVERY_MS;
        isStarted = true;
    }

    /** Bytes of all packs and indexes, without those that are replaced and kept ten minutes more. */
    public long bytes() throws IOException {
        return shelf.liveBytes();
    }

    /** Of the same packs. JGit holds 28 bytes of heap for each while a client is served. */
    public long objects() throws IOException {
        return shelf.live().stream().mapToLong(PackShelf.Shelved::objects).sum();
    }

    @Override
    public void close() throws IOException {
        shelf.close();
    }
}
