package org.portolan.control.history;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.pack.PackEnds;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.retain.Marks.Mark;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.Refs;

/**
 * Looks every minute whether the repository is still whole: that the refs point to something, that primary is where
 * this router moved it, that no pack was cut off, and, when a pack is gone, that the commits are not. A pack that came
 * and went between two looks is not missed; what was in it is looked for when a question has met the gap. Historian's
 * thread, but for {@link #met} and {@link #fault}.
 */
final class Inspection implements HistoryQuery.Gaps {
    private static final long EVERY_MICROS = 60_000_000;

    /** A repack in the middle of its work looks like damage for a moment: what is seen twice is said. */
    private static final long AGAIN_MICROS = 5_000_000;

    /**
     * So many commits are read one by one when a pack is gone: no more are in packs that have fewer than 512. All
     * others have at least one mark.
     */
    private static final int RECENT = 32_768;

    private static final int COMMITS_A_PAUSE = 64;

    /** Of a pack that is gone, a few objects are enough to know it. */
    private static final int MOST_MET = 64;

    /** Told when the fault changes. */
    interface Listener {
        void damaged(String fault);

        void whole();
    }

    private final HistoryRepository repository;
    private final Marks marks;
    private final Listener listener;
    private Set<Path> packs = new HashSet<>();
    /** What questions did not find since the boundary moved last. Any thread adds. */
    private final Set<ObjectId> missing = ConcurrentHashMap.newKeySet();

    private final AtomicLong met = new AtomicLong();
    private volatile boolean isNews;
    private Mark oldest;
    private long lookMicros;
    private boolean isSuspect;
    private boolean isReadAgain = true;
    private volatile String fault = "";

    Inspection(final HistoryRepository repository, final Marks marks, final Listener listener) {
        this.repository = repository;
        this.marks = marks;
        this.listener = listener;
        oldest = marks.oldest();
    }

    /** A pack that this router itself deletes is not missed: what was in it was copied before. */
    void forget(final Path pack) {
        packs.remove(pack);
    }

    /** A question did not find what should be there: it is looked for soon, and said when it is missing still. */
    @Override
    public void met(final ObjectId object) {
        met.incrementAndGet();
        if (missing.size() < MOST_MET && missing.add(object.copy())) {
            isNews = true;
        }
    }

    /** How many questions did not find what should be there. Any thread. */
    long metCount() {
        return met.get();
    }

    /** What is damaged, and what to do; empty while nothing is. Any thread. */
    String fault() {
        return fault;
    }

    /**
     * Looks when it is time.
     *
     * @param now of the steady clock
     * @throws IOException when the pause ends it
     */
    boolean step(final long now, final Pause pause) throws IOException {
        if (now < lookMicros && !isNews) {
            return false;
        }
        isNews = false;
        lookMicros = now + EVERY_MICROS;
        lookMicros = now + look(pause);
        return true;
    }

    /** @return after how long to look again */
    private long look(final Pause pause) throws IOException {
        final String found = find(pause);
        final boolean isNew = !found.isEmpty() && fault.isEmpty();
        if (isNew && !isSuspect) {
            isSuspect = true;
            return AGAIN_MICROS;
        }
        isSuspect = false;
        if (isNew) {
            listener.damaged(found);
        } else if (found.isEmpty() && !fault.isEmpty()) {
            listener.whole();
        }
        fault = found;
        return EVERY_MICROS;
    }

    private String find(final Pause pause) throws IOException {
        try {
            packs();
            refs();
            gaps();
            if (isReadAgain) {
                commits(pause);
                isReadAgain = false;
            }
            return "";
        } catch (final HistoryException e) {
            return e.getMessage();
        }
    }

    private void refs() throws HistoryException {
        try (ObjectReader reader = new PackedReader(repository.git())) {
            final Ref primary = Refs.primary(repository.git());
            if (primary == null || !repository.primary().equals(primary.getObjectId())) {
                throw new HistoryException(("%1$s: primary is not where this router moved it; put it back: git -C %1$s"
                                + " update-ref %2$s %3$s")
                        .formatted(
                                repository.path(),
                                HistoryRepository.PRIMARY,
                                repository.primary().name()));
            }
            for (final Ref ref : repository.git().getRefDatabase().getRefsByPrefix("refs/")) {
                reader.open(ref.getObjectId());
            }
        } catch (final HistoryException e) {
            throw e;
        } catch (final IOException e) {
            throw repository.damaged(e);
        }
    }

    private void gaps() throws HistoryException {
        if (missing.isEmpty()) {
            return;
        }
        if (!marks.oldest().equals(oldest)) {
            // The gap may be behind the boundary now. If it is not, the next question meets it again.
            oldest = marks.oldest();
            missing.clear();
        }
        try (ObjectReader reader = new PackedReader(repository.git())) {
            for (final ObjectId each : missing) {
                reader.open(each);
                missing.remove(each);
            }
        } catch (final IOException e) {
            throw repository.damaged(e);
        }
    }

    private void packs() throws HistoryException {
        final Set<Path> there = new HashSet<>();
        final Path directory =
                repository.git().getObjectDatabase().getPackDirectory().toPath();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "pack-*.pack")) {
            for (final Path pack : files) {
                final Path index =
                        pack.resolveSibling(pack.getFileName().toString().replace(".pack", ".idx"));
                if (Files.exists(index)) {
                    there.add(pack);
                    requireWhole(pack);
                }
            }
        } catch (final HistoryException e) {
            throw e;
        } catch (final IOException e) {
            throw repository.damaged(e);
        }
        isReadAgain |= !there.containsAll(packs);
        packs = there;
    }

    private void requireWhole(final Path pack) throws IOException {
        if (!PackEnds.fit(pack)) {
            throw new IOException("%s is cut off, or not the pack of its index".formatted(pack.getFileName()));
        }
    }

    /** Whoever removed a pack, and whyever: what was in it is in another one, or lost. */
    private void commits(final Pause pause) throws IOException {
        try (ObjectReader reader = new PackedReader(repository.git());
                RevWalk walk = new RevWalk(reader)) {
            walk.setRetainBody(false);
            ObjectId next = repository.primary();
            for (int i = 0; i < RECENT && next != null; i++) {
                final RevCommit commit = require(walk, next);
                next = commit.getParentCount() == 0 ? null : commit.getParent(0);
                if (i % COMMITS_A_PAUSE == 0) {
                    pause.pause();
                }
            }
            for (final Mark mark : List.copyOf(marks.all())) {
                require(walk, mark.commit());
                pause.pause();
            }
        }
    }

    private RevCommit require(final RevWalk walk, final ObjectId id) throws HistoryException {
        try {
            final RevCommit commit = walk.parseCommit(id);
            walk.getObjectReader().open(commit.getTree());
            return commit;
        } catch (final IOException e) {
            throw repository.damaged(e);
        }
    }
}
