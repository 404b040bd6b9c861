package org.portolan.bench.history;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.Wait;
import org.portolan.bench.run.Rounds;

/**
 * A router process on a history that was kept, in a lab of its own, asked over its socket as the command line asks it:
 * searching, reading, telling and taking it, with a worker that spins on one of the CPUs.
 */
final class AskedRouter {
    private static final int QUESTIONS = 20;
    private static final int START_MS = 5_000;
    /** The table is nearly empty on the first day. */
    private static final long DAY_S = 86_400;

    /** The last second that has a year of four digits. */
    private static final long END_OF_TIME_S = 253_402_300_799L;

    private final PortolanProcess router;
    private final SplittableRandom random = new SplittableRandom(1);
    private final long firstS;
    private final long lastS;

    private AskedRouter(final PortolanProcess router) {
        this.router = router;
        firstS = second(router.askJson("history").get("history").get("oldest")) + DAY_S;
        final JsonValue newest = router.askJson("arp", "--at=" + END_OF_TIME_S);
        lastS = second(newest.get("committed"));
        if (firstS >= lastS) {
            throw new LabException("the history that is kept is shorter than two days");
        }
    }

    private static long second(final JsonValue time) {
        return Instant.parse(time.text()).getEpochSecond();
    }

    /** @param repository the router writes to it */
    static void run(final Path repository) {
        if (!Files.isDirectory(repository)) {
            throw new LabException("%s is not there: make one with --keep".formatted(repository));
        }
        try (Lab lab = Lab.builder().build();
                PortolanProcess router = PortolanProcess.in(lab)
                        .idle("busy")
                        .config("io", "cpus = [1]")
                        .config("control", "[history]\npath = \"%s\"".formatted(repository))
                        .build()) {
            router.start();
            Wait.ms(START_MS);
            final AskedRouter asked = new AskedRouter(router);
            asked.ask("the first ones");
            asked.ask("later ones");
            asked.ask("with what is gone, for machines", "--all", "--json");
        }
    }

    private void ask(final String which, final String... options) {
        final double[] ms = new double[QUESTIONS];
        final double[] kilobytes = new double[QUESTIONS];
        for (int i = 0; i < QUESTIONS; i++) {
            final List<String> words =
                    new ArrayList<>(List.of("arp", "--at=" + random.nextLong(firstS, lastS), "--zone=UTC"));
            words.addAll(List.of(options));
            final long startNs = System.nanoTime();
            final String answer = router.ask(words.toArray(String[]::new));
            ms[i] = (System.nanoTime() - startNs) / 1e6;
            kilobytes[i] = answer.length() / 1e3;
        }
        HistoryBench.say("");
        HistoryBench.say(
                "arp --at %sover the socket, %d random moments, %s      median (least to worst)",
                options.length == 0 ? "" : String.join(" ", options) + " ", QUESTIONS, which);
        HistoryBench.say(
                "  from the question to the last byte, ms   %s", Rounds.of(ms).text(1));
        HistoryBench.say(
                "  answer, kB                               %s",
                Rounds.of(kilobytes).text(0));
    }
}
