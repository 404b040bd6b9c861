package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.history.store.StockGit;

/**
 * git's own tools beside the writer and beside readers: nothing is lost, and nobody fails. Longer:
 * {@code -Dportolan.maintenance.seconds=60}; the same changes again: {@code -Dportolan.maintenance.seed=SEED}.
 */
class MaintenanceTest {
    private static final int SECONDS = Integer.getInteger("portolan.maintenance.seconds", 6);
    private static final long SEED = Long.getLong("portolan.maintenance.seed", System.nanoTime());

    @TempDir
    Path directory;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger maintained = new AtomicInteger();
    private final AtomicInteger disturbed = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean over;

    @Test
    void shouldLoseNothingToGitsOwnToolsBesideTheWriter() throws IOException, InterruptedException {
        System.out.printf("maintenance: seed %d, %d s%n", SEED, SECONDS);
        try (HistoryRig rig = new HistoryRig(directory)) {
            final NeighborStorm storm = rig.storm(new Random(SEED));
            storm.flash();
            rig.settle();
            final List<Thread> others = List.of(
                    begin(() -> git(rig.path(), "gc", "-q", "--prune=now")),
                    begin(() -> git(rig.path(), "repack", "-adq")),
                    begin(() -> ask(rig.query())));
            final long endNs = System.nanoTime() + SECONDS * 1_000_000_000L;
            long beacon = 0;
            while (System.nanoTime() < endNs && failures.isEmpty()) {
                for (int i = 0; i < 20; i++) {
                    storm.blow();
                }
                beacon = storm.flash();
                rig.settle();
            }
            over = true;
            for (final Thread each : others) {
                each.join();
            }
            rig.pass(5).settle();
            System.out.printf(
                    "maintenance: %d runs of git, %d more ended by the other git, %d questions, %d batches, %d put off%n",
                    maintained.get(),
                    disturbed.get(),
                    asked.get(),
                    rig.counters().batches(),
                    rig.counters().failures());
            rig.log()
                    .lines()
                    .filter(each -> each.contains("history:"))
                    .limit(20)
                    .forEach(System.out::println);
            assertThat(failures).isEmpty();
            assertThat(maintained).hasValueGreaterThan(1);
            assertThat(rig.historian().stopped()).isEmpty();
            assertThat(rig.counters().waiting()).isZero();
            StockGit.requireSound(rig.path());
            assertThat(rig.file(NeighborStorm.BEACON)).contains("mac " + mac(beacon));
        }
    }

    private static String mac(final long mac) {
        return org.portolan.dataplane.wire.Ethernet.describeMac(mac);
    }

    private interface Step {
        void take() throws IOException;
    }

    private Thread begin(final Step step) {
        return Thread.ofPlatform().start(() -> {
            while (!over) {
                try {
                    step.take();
                } catch (final Throwable e) {
                    failures.add(e);
                    return;
                }
            }
        });
    }

    /** One of git's runs may find that another one is at work, and leave. */
    private void git(final Path path, final String... words) {
        try {
            StockGit.run(path, words);
            maintained.incrementAndGet();
        } catch (final AssertionError e) {
            disturbed.incrementAndGet();
        }
    }

    private void ask(final HistoryQuery query) throws IOException {
        final long nowS = query.at(Long.MAX_VALUE, () -> {}).orElseThrow().second();
        query.table(query.at(nowS, () -> {}).orElseThrow(), () -> {}, (key, binding) -> true);
        query.log(LogQuery.everything(50).ofAddress(NeighborStorm.BEACON), () -> {}, entry -> {});
        query.who(NeighborStorm.address(7), query.at(nowS, () -> {}).orElseThrow(), () -> {});
        asked.incrementAndGet();
    }
}
