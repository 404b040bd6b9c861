package org.portolan.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks run and check their own work; what they measure here is nobody's figure. */
class MicroBenchmarksTest {
    private static final String CLASS_SUFFIX = "Benchmark.class";

    @BeforeAll
    static void runBesideOthers() {
        // Whether another JMH runs on this machine matters to figures alone.
        System.setProperty("jmh.ignoreLock", "true");
    }

    /** In this JVM, at the smallest size. */
    private static ChainedOptionsBuilder quickly(final String benchmarks) {
        return new OptionsBuilder()
                .include("^org\\.portolan\\.bench\\.micro\\." + benchmarks)
                .param("sessions", "1024")
                .param("entries", "256")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(50))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    @Test
    void shouldEachGiveAFigureAndNoError() throws RunnerException, IOException, URISyntaxException {
        final Collection<RunResult> results = new Runner(quickly("").build()).run();
        assertThat(results)
                .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore())
                        .as(result.getParams().id())
                        .isPositive());
        final Set<String> ran = results.stream()
                .map(result -> result.getParams().getBenchmark())
                .map(method -> method.substring(0, method.lastIndexOf('.')))
                .collect(Collectors.toSet());
        assertThat(ran).isEqualTo(benchmarkClasses());
    }

    /** Every class of the package that is called a benchmark, but for the one whose form they share. */
    private static Set<String> benchmarkClasses() throws IOException, URISyntaxException {
        final Class<?> form = HotPathBenchmark.class;
        final Path directory = Path.of(
                        form.getResource(form.getSimpleName() + ".class").toURI())
                .getParent();
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(CLASS_SUFFIX))
                    .map(name -> form.getPackageName() + "." + name.substring(0, name.length() - ".class".length()))
                    .filter(name -> !name.equals(form.getName()))
                    .collect(Collectors.toSet());
        }
    }

    /** Translating a frame, whatever it carries and whichever way it goes, leaves the heap alone. */
    @Test
    void shouldAllocateNothingForAFrame() throws RunnerException {
        assertThat(allocations("PipelineBenchmark\\.router$")).hasSize(4).allMatch(bytes -> bytes < 1);
    }

    /** What the test above measures with would see an allocation: java.util's map wants its key on the heap. */
    @Test
    void shouldSeeTheKeyThatAHeapMapBoxes() throws RunnerException {
        assertThat(allocations("NeighborLookupBenchmark\\.javaHashMap$"))
                .hasSize(1)
                .allMatch(bytes -> bytes > 10);
    }

    /** Bytes that one operation allocates, of each benchmark once it is compiled. */
    private static List<Double> allocations(final String benchmarks) throws RunnerException {
        final Options options = quickly(benchmarks)
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(3)
                .measurementTime(TimeValue.milliseconds(200))
                .addProfiler(GCProfiler.class)
                .build();
        return new Runner(options)
                .run().stream()
                        .map(result -> result.getSecondaryResults()
                                .get("gc.alloc.rate.norm")
                                .getScore())
                        .toList();
    }
}
