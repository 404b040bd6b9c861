package org.portolan.bench.micro;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.HdrHistogram.SingleWriterRecorder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.worker.Direction;
import org.portolan.dataplane.worker.Latency;

/**
 * What a frame pays for being measured: {@link Latency} as the worker uses it, which counts in buckets of its own,
 * against one plain histogram for all directions ({@code plain}), one of three digits ({@code threeDigits}), and
 * HdrHistogram's recorders. All read the clock once a batch; {@code clock} does that and nothing else. The recorders
 * have the arrivals as they are, without the array that a batch is noted in. A figure is nanoseconds a frame.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {MemoryAccessBenchmark.EXPORTS, MemoryAccessBenchmark.NATIVE, MemoryAccessBenchmark.ZGC})
@OperationsPerInvocation(LatencyRecordBenchmark.BATCH)
public class LatencyRecordBenchmark {
    static final int BATCH = 64;

    private static final int DRAWN = 1 << 14;
    private static final long LEAST_NS = 4_000;
    private static final double MEAN_MORE_NS = 20_000;

    private final long[] agesNs = new long[DRAWN];
    private final long[] noted = new long[BATCH];
    private final Latency latency = new Latency();
    private final Histogram plain = Latency.histogram();
    private final Histogram threeDigits = new Histogram(Latency.HIGHEST_NS, 3);
    private final SingleWriterRecorder singleWriter = new SingleWriterRecorder(Latency.HIGHEST_NS, 2);
    private final Recorder recorder = new Recorder(Latency.HIGHEST_NS, 2);
    private final Slab timespec = Slab.allocate(16, "a timespec");
    private int sent;
    private int next;

    /** As a router has them: a floor, and exponentially fewer of the longer ones. */
    @Setup(Level.Trial)
    public void draw() {
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < DRAWN; i++) {
            agesNs[i] = LEAST_NS + (long) (-Math.log(1 - random.nextDouble()) * MEAN_MORE_NS);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        latency.close();
        timespec.close();
    }

    private int advance() {
        next = next + BATCH & DRAWN - 1;
        return next;
    }

    private long nowNs() {
        return Libc.clockNs(Libc.CLOCK_REALTIME, timespec.address());
    }

    @Benchmark
    public long clock() {
        return nowNs() + advance();
    }

    @Benchmark
    public void byDirection() {
        final int from = advance();
        final Direction direction = (from & BATCH) == 0 ? Direction.OUTBOUND : Direction.INBOUND;
        final long beginNs = nowNs();
        for (int i = 0; i < BATCH; i++) {
            latency.note(beginNs - agesNs[from + i]);
        }
        latency.handedOver(direction);
    }

    @Benchmark
    public void plain() {
        record(plain);
    }

    @Benchmark
    public void threeDigits() {
        record(threeDigits);
    }

    private void record(final Histogram histogram) {
        final int from = advance();
        final long beginNs = nowNs();
        sent = 0;
        for (int i = 0; i < BATCH; i++) {
            if (sent < BATCH) {
                noted[sent] = beginNs - agesNs[from + i];
            }
            sent++;
        }
        final long endNs = nowNs();
        for (int i = 0; i < sent; i++) {
            if (noted[i] != 0) {
                histogram.recordValue(Math.clamp(endNs - noted[i], 0, Latency.HIGHEST_NS));
            }
        }
    }

    @Benchmark
    public void singleWriterRecorder() {
        final int from = advance();
        final long moreNs = nowNs() & 1;
        for (int i = 0; i < BATCH; i++) {
            singleWriter.recordValue(agesNs[from + i] + moreNs);
        }
    }

    @Benchmark
    public void recorder() {
        final int from = advance();
        final long moreNs = nowNs() & 1;
        for (int i = 0; i < BATCH; i++) {
            recorder.recordValue(agesNs[from + i] + moreNs);
        }
    }
}
