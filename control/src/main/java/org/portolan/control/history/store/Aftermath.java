package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.pack.FreshPack;
import org.portolan.control.log.Log;

/**
 * What is to be done once {@code primary} has moved. The commits are written by then, so nothing here may make the
 * batch fail: its changes would be written a second time. What fails is kept and tried again. Historian's thread, but
 * for {@link #trouble}.
 */
final class Aftermath {
    /** One step that may fail. */
    private interface Step<T> {
        void take(T what) throws IOException;
    }

    private final HistoryRepository repository;
    private final Map<String, ObjectId> moves = new LinkedHashMap<>();
    private final List<FreshPack> packs = new ArrayList<>();
    private final Set<String> deletions = new LinkedHashSet<>();
    private final Set<Path> unsynced = new LinkedHashSet<>();
    private String failure = "";
    private volatile String trouble = "";

    Aftermath(final HistoryRepository repository) {
        this.repository = repository;
    }

    /**
     * @param peers heads of peers: one that moved before its merge was written would never be merged
     * @param fresh packs that nothing referred to before
     * @param old refs that are to go
     */
    void add(final Map<String, ObjectId> peers, final Collection<FreshPack> fresh, final Collection<String> old) {
        moves.putAll(peers);
        packs.addAll(fresh);
        deletions.addAll(old);
        unsynced.add(repository.path().resolve("refs/heads"));
    }

    /** Does what it can of all that is left. */
    void settle() {
        failure = "";
        attempt(moves.entrySet(), each -> repository.move(each.getKey(), each.getValue()));
        if (moves.isEmpty()) {
            attempt(packs, FreshPack::release);
        }
        attempt(deletions, repository::delete);
        attempt(unsynced, Durable::sync);
        trouble = failure;
    }

    private <T> void attempt(final Collection<T> all, final Step<T> step) {
        for (final T each : List.copyOf(all)) {
            try {
                step.take(each);
                all.remove(each);
            } catch (final IOException | RuntimeException e) {
                failure = Log.describe(e);
            }
        }
    }

    /** Why something is left; empty when nothing is. Any thread. */
    String trouble() {
        return trouble;
    }
}
