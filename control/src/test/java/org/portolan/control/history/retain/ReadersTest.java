package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.boundary.BoundaryUploadPack;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.history.store.TableReader;

/** Who reads while packs are merged and history is dropped: queries, clones, another process. */
class ReadersTest {
    /** What passes with each clone: a pack that is replaced stays for two of them, however slow the machine is. */
    private static final long A_CLONE_MS = 6 * 60 * 1_000L;

    private static final long DEADLINE_NS = 60_000_000_000L;
    private static final int ENOUGH = 8;

    @TempDir
    Path directory;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger clones = new AtomicInteger();
    private final AtomicInteger merged = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();

    @Test
    void shouldNeverFailWhilePacksAreMergedAndHistoryIsDropped() throws Exception {
        final Path path = directory.resolve("edge-1.git");
        try (Chronicle chronicle = new Chronicle(path, "edge-1", 300)) {
            chronicle.write(200, 60);
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            try (GitServer server = GitServer.jgit(chronicle.git(), BoundaryUploadPack::new);
                    FileRepository other = (FileRepository) new FileRepositoryBuilder()
                            .setGitDir(path.toFile())
                            .setBare()
                            .build()) {
                final List<Thread> threads = List.of(
                        reader(chronicle.git(), marks, 1), reader(other, marks, 2), looping(() -> clone(server.url())));
                write(chronicle, marks);
                over.set(true);
                for (final Thread thread : threads) {
                    thread.join();
                }
            }
        }
        assertThat(failure.get()).isNull();
        assertThat(isEnough()).isTrue();
        StockGit.requireSound(path);
    }

    private void write(final Chronicle chronicle, final Marks marks) throws IOException {
        final long endNs = System.nanoTime() + DEADLINE_NS;
        try (Upkeep upkeep = Upkeep.open(
                chronicle.git(), marks, new KeptRefs(java.util.Set::of), new Limits(0, 400_000), listener())) {
            while (!isEnough() && failure.get() == null && System.nanoTime() < endNs) {
                marks.advance(chronicle.write(3, 60));
                for (int i = 0; i < 20 && upkeep.step(clones.get() * A_CLONE_MS, 0, Pause.NONE); i++) {
                    // Some of what is due.
                }
            }
        }
    }

    private boolean isEnough() {
        return clones.get() > ENOUGH && reads.get() > ENOUGH && merged.get() > 2 && dropped.get() > 0;
    }

    private Upkeep.Listener listener() {
        return new Upkeep.Listener() {
            @Override
            public void compacted(final Compaction.Compacted done) {
                merged.incrementAndGet();
            }

            @Override
            public void retained(final Retention.Report done) {
                dropped.addAndGet((int) done.commitsDropped());
            }
        };
    }

    /** Reads whole tables of times that are kept for sure. */
    private Thread reader(final FileRepository git, final Marks marks, final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        return looping(() -> {
            final long asked = marks.head().epochSeconds() - random.nextInt(60 * 40);
            final Optional<ObjectId> found = marks.find(asked).map(Marks.Mark::commit);
            assertThat(found).isPresent();
            try (ObjectReader reader = git.newObjectReader();
                    RevWalk walk = new RevWalk(reader)) {
                final int[] read = {0};
                final ObjectId tree = walk.parseCommit(found.get()).getTree();
                assertThat(TableReader.visit(reader, tree, "", key -> true, (key, binding) -> ++read[0] > 0))
                        .isTrue();
                assertThat(read[0]).isPositive();
            }
            reads.incrementAndGet();
        });
    }

    private void clone(final String url) {
        final String name = "clone-" + clones.get() + ".git";
        StockGit.run(directory, "clone", "-q", "--bare", url, name);
        StockGit.requireSound(directory.resolve(name));
        clones.incrementAndGet();
    }

    private interface Work {
        void run() throws Exception;
    }

    private Thread looping(final Work work) {
        return Thread.ofPlatform().start(() -> {
            try {
                while (!over.get()) {
                    work.run();
                }
            } catch (final Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
    }
}
