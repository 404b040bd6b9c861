package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogProcessor;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.UdpFlows;

/** The latency of a running router: what its operator is told, and what HdrHistogram's own tools read in its files. */
@NeedsRoot
class LatencyE2eTest {
    private static final int FLOWS = 2_000;
    private static final String[] DIRECTIONS = {"outbound", "inbound", "inside"};

    private static Lab lab;
    private PortolanProcess router;
    private Path directory;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    /** Open to all to pass through: for a router that becomes another user. */
    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory(
                        Path.of("/run"),
                        "portolan-latency-",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")))
                .resolve("log");
    }

    @AfterEach
    void end() throws IOException {
        if (router != null) {
            RouterChecks.assertLogIsClean(router);
            router.close();
        }
        try (Stream<Path> all = Files.walk(directory.getParent())) {
            for (final Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private void start(final PortolanProcess.Builder options, final Path log) {
        router = options.config("latency", "log = \"%s\"".formatted(log)).build();
        router.start();
    }

    private long recorded(final String direction) {
        return worker().get(direction).get("total_ns").get("samples").number();
    }

    private JsonValue worker() {
        return router.askJson("latency").get("workers").list().getFirst();
    }

    private long recorded() {
        return Stream.of(DIRECTIONS).mapToLong(this::recorded).sum();
    }

    private long sent() {
        return router.askJson("stats").get("frames").get("sent").number();
    }

    private void carry() {
        final UdpFlows.Result flows =
                UdpFlows.run(lab.client(), lab.server(), 7301, Lab.OUTSIDE_ADDRESS, 30_000, FLOWS);
        assertThat(flows.echoed())
                .as("%s %s", flows, router.ask("stats", "--nonzero"))
                .isEqualTo(FLOWS);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS, "-c", "5").lost()).isZero();
    }

    private static List<Path> files(final Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    /** All intervals of all files, summed by tag. */
    private static Map<String, Histogram> read(final Path directory) throws IOException {
        final Map<String, Histogram> sums = new TreeMap<>();
        for (final Path file : files(directory)) {
            try (HistogramLogReader reader = new HistogramLogReader(new File(file.toString()))) {
                for (EncodableHistogram each = reader.nextIntervalHistogram();
                        each != null;
                        each = reader.nextIntervalHistogram()) {
                    sums.computeIfAbsent(each.getTag(), tag -> new Histogram(3)).add((Histogram) each);
                }
            }
        }
        return sums;
    }

    private static String processed(final String... arguments) throws IOException {
        final PrintStream before = System.out;
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            new HistogramLogProcessor(arguments).run();
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellAndLogTheLatencyOfEveryFrameThatItSent() throws IOException {
        start(PortolanProcess.in(lab), directory);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).received()).isPositive();
        assertThat(RouterChecks.within(3_000, () -> recorded() > 0)).isTrue();
        final long waitedForArp = sent() - recorded();
        assertThat(waitedForArp).as("the first frames each way").isBetween(0L, 4L);

        carry();
        assertThat(RouterChecks.within(5_000, () -> recorded() == sent() - waitedForArp))
                .as("%s %s", router.ask("latency"), router.ask("stats", "--nonzero"))
                .isTrue();
        assertThat(recorded("outbound")).isGreaterThanOrEqualTo(FLOWS + 5);
        assertThat(recorded("inbound")).isGreaterThanOrEqualTo(FLOWS + 5);
        assertThat(recorded("inside")).isZero();
        final JsonValue outbound = worker().get("outbound").get("total_ns");
        assertThat(outbound.get("p50").number())
                .isBetween(1_000L, outbound.get("max").number());
        assertThat(RouterChecks.within(
                        5_000,
                        () -> router.askJson("latency")
                                        .get("pauses")
                                        .get("total_ns")
                                        .get("samples")
                                        .number()
                                > 0))
                .isTrue();

        final Map<String, Long> told = new TreeMap<>();
        for (final String direction : DIRECTIONS) {
            told.put("worker-0." + direction, recorded(direction));
        }
        assertThat(router.terminate()).isZero();
        final Map<String, Histogram> logged = read(directory);
        assertThat(logged.keySet()).containsExactlyInAnyOrder("pauses", "worker-0.outbound", "worker-0.inbound");
        for (final String direction : List.of("worker-0.outbound", "worker-0.inbound")) {
            assertThat(logged.get(direction).getTotalCount()).as(direction).isEqualTo(told.get(direction));
        }
        final String text = processed("-i", files(directory).getFirst().toString(), "-tag", "worker-0.outbound");
        assertThat(text).containsPattern("Total count +=  *" + told.get("worker-0.outbound") + "]");
    }

    @Test
    void shouldWriteTheLastFramesThoughItEndsAtOnce() throws IOException {
        start(PortolanProcess.in(lab), directory);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).received()).isPositive();
        final long received =
                lab.client().ping(Lab.SERVER_ADDRESS, "-c", "20", "-i", "0.01").received();
        assertThat(router.terminate()).isZero();
        assertThat(read(directory).get("worker-0.inbound").getTotalCount()).isGreaterThanOrEqualTo(received);
    }

    @Test
    void shouldWriteAsTheUserThatItBecame() throws IOException {
        assumeTrue(RouterChecks.isRealRoot(), "a user namespace with one mapped uid knows nobody");
        start(PortolanProcess.in(lab).forAnyUser().config("control", "user = \"nobody\""), directory);
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).received()).isPositive();
        assertThat(RouterChecks.within(
                        5_000,
                        () -> router.askJson("latency")
                                        .get("log")
                                        .get("written")
                                        .number()
                                > 0))
                .as(router.log())
                .isTrue();
        assertThat(Files.getOwner(directory).getName()).isEqualTo("nobody");
        assertThat(files(directory)).hasSize(1);
        assertThat(Files.getOwner(files(directory).getFirst()).getName()).isEqualTo("nobody");
    }

    /** A file system of two pages in the router's own mount namespace: some intervals, then ENOSPC. */
    @Test
    void shouldGoOnRoutingWhenTheDiskIsFull() throws IOException {
        final String mounted = "mount -t tmpfs -o mode=755,size=8k tmpfs /mnt && exec \"$@\"";
        start(PortolanProcess.in(lab).under("unshare", "--mount", "sh", "-c", mounted, "disk"), Path.of("/mnt"));
        assertThat(RouterChecks.within(60_000, () -> {
                    carry();
                    return router.askJson("latency").get("log").get("lost").number() > 0;
                }))
                .as(router.ask("latency"))
                .isTrue();
        carry();
        assertThat(router.ask("latency"))
                .containsPattern("no interval files are written: /mnt/lab-\\S+\\.hlog: No space left on device");
        assertThat(router.log().lines().filter(line -> line.contains("latency:")))
                .hasSize(1);
        RouterChecks.assertEveryFrameIsAccountedFor(router);
        final Path full = Path.of("/proc", Long.toString(router.process().pid()), "root", "mnt");
        assertThat(read(full).values()).as("whole lines").isNotEmpty();
    }
}
