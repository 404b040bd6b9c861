package org.portolan.control.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.portolan.control.config.Config;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.log.Log;
import org.portolan.dataplane.wire.Ethernet;

/**
 * A history as the router runs it, in a storm, that says on stdout what is durable, until it is killed. Arguments: the
 * repository, the ring's file, the wall clock to begin with in microseconds, the seed. Its clock runs {@value #HASTE}
 * times as fast, so that a second has some forty batches, and packs are merged and deleted.
 */
final class KilledRouter {
    static final String BEGINS = "begins";
    static final String OPEN = "open";
    static final String DURABLE = "durable";
    static final String BEACON = "beacon";

    static final long HASTE = 64;

    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int QUIET_CHANGES = 3;

    private final History history;
    private final Repository reader;
    private final NeighborStorm storm;
    private final Random random;
    private long written;

    private KilledRouter(
            final History history, final Repository reader, final LongSupplier wallMicros, final Random random) {
        this.history = history;
        this.reader = reader;
        this.random = random;
        storm = new NeighborStorm(history.feed(), history.remembered(), random, wallMicros);
    }

    static Config.History settings(final Path path) {
        return new Config.History(Optional.of(path), Optional.empty(), List.of(), 365, 1L << 30);
    }

    static History open(final Path path, final Path ring, final LongSupplier wallMicros, final Log log)
            throws IOException {
        return History.open(
                settings(path),
                "edge-1",
                ring,
                List.of(new Wire(0, "office", "lan")),
                heard -> true,
                new Clocks(wallMicros, wallMicros),
                log);
    }

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final Path path = Path.of(arguments[0]);
        final long beginMicros = Long.parseLong(arguments[2]);
        final long beginNs = System.nanoTime();
        final LongSupplier wallMicros =
                () -> beginMicros + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - beginNs) * HASTE;
        final Log log =
                new Log(System.err, Log.Style.JOURNAL, Log.Level.DEBUG, System::nanoTime, System::currentTimeMillis);
        System.out.println(BEGINS);
        final History history = open(path, Path.of(arguments[1]), wallMicros, log);
        System.out.println(OPEN);
        try (Repository reader =
                new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build()) {
            history.start(HistoryRig.threads());
            final KilledRouter router =
                    new KilledRouter(history, reader, wallMicros, new Random(Long.parseLong(arguments[3])));
            while (System.nanoTime() - beginNs < LONGEST_NS) {
                router.phase();
            }
        }
        history.close();
    }

    private void phase() throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> quiet();
            case 1 -> blow(100, 400);
            default -> blow(60, 20);
        }
    }

    /** Single changes; after each the history is waited for, so the last head has the beacon as it was told. */
    private void quiet() throws IOException {
        for (int i = 0; i < QUIET_CHANGES; i++) {
            final long mac = storm.flash();
            final long untilNs = System.nanoTime() + LONGEST_NS;
            while (history.counters().waiting() > 0 && System.nanoTime() < untilNs) {
                history.feed().drain();
                report();
                sleep();
            }
            System.out.println(BEACON + " " + Ethernet.describeMac(mac) + " " + head());
        }
    }

    private void blow(final int milliseconds, final int changesInOne) throws IOException {
        for (int i = 0; i < milliseconds; i++) {
            for (int j = 0; j < changesInOne; j++) {
                storm.blow();
            }
            report();
            sleep();
        }
    }

    /** The head is read after the counter: it has what the counter says, or more. */
    private void report() throws IOException {
        final long now = history.counters().written();
        if (now != written) {
            written = now;
            System.out.println(DURABLE + " " + now + " " + head());
        }
    }

    private String head() throws IOException {
        return reader.exactRef(HistoryRepository.PRIMARY).getObjectId().name();
    }

    private static void sleep() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
}
