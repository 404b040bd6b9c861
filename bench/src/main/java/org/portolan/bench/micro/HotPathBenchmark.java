package org.portolan.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.portolan.dataplane.worker.Pipeline;

/**
 * The form of a benchmark of the router's own code: nanoseconds for each one of a batch, under the JVM options that
 * {@code scripts/portolan run} gives the router. The heap alone is larger than the router's 256 MB, since maps on it
 * are among the baselines. What runs for each packet allocates nothing: with {@code -prof gc} the line {@code
 * gc.alloc.rate.norm} is the bytes for each.
 *
 * <p>Random order is the order of a shuffled walk over all of the table, laid down beforehand one after the other:
 * the frames come in a stream, as from a driver, and only what is looked up by them lies anywhere. A short walk comes
 * round so often that the processor may learn its branches too: take the smallest sizes for the best case.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {
            MemoryAccessBenchmark.EXPORTS,
            MemoryAccessBenchmark.NATIVE,
            MemoryAccessBenchmark.ZGC,
            "-Xms1g",
            "-Xmx1g",
            "-XX:+AlwaysPreTouch",
            "-XX:+PerfDisableSharedMem",
            "-XX:-UsePerfData"
        })
@OperationsPerInvocation(HotPathBenchmark.BATCH)
public abstract class HotPathBenchmark {
    /** Packets an invocation: the worker's batch. */
    static final int BATCH = Pipeline.BATCH;

    /** For a parameter of the caller's: a batch is read without asking whether the frames end in it. */
    static void requireWholeBatches(final int sessions) {
        NumberedFlows.require(
                sessions > 0 && sessions % BATCH == 0, "sessions=%d is not a multiple of %d", sessions, BATCH);
    }
}
