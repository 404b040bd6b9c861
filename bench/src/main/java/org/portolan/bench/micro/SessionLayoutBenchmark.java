package org.portolan.bench.micro;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Where a session's second half should lie: 32 bytes in an array of their own behind all lines ({@code APART}, as {@code
 * nat/SessionTable} has it), or in the line that follows the first ({@code ADJACENT}, 128 bytes a session). Sessions
 * are visited in random order, 64 at a time, all of them touched first, as the worker does it.
 *
 * <ul>
 * <li>{@code established}: a packet that needs the first line only: flow read, bytes counted;
 * <li>{@code tracked}: one that reads and writes both, as a TCP window check does.
 * </ul>
 *
 * <p>A figure is nanoseconds a visit.
 */
public class SessionLayoutBenchmark extends HotPathBenchmark {
    /** Places of both halves. */
    public enum Layout {
        APART,
        ADJACENT
    }

    private static final int LINE = Memory.CACHE_LINE_BYTES;
    private static final int COMPANION = 32;
    private static final int BYTES_OFFSET = 48;
    private static final int EDGE_OFFSET = 16;

    @Param
    public Layout layout;

    /** Sessions in the table. */
    @Param({"1024", "65536", "1048576", "4194304"})
    public int sessions;

    private Slab slab;
    private int[] order;
    private int next;
    private long lineStride;
    private long companions;
    private long companionStride;
    private long sum;

    @Setup(Level.Trial)
    public void lay() {
        requireWholeBatches(sessions);
        final boolean apart = layout == Layout.APART;
        lineStride = apart ? LINE : 2 * LINE;
        companionStride = apart ? COMPANION : 2 * LINE;
        slab = Slab.allocate(sessions * (lineStride + (apart ? COMPANION : 0)), "sessions");
        companions = slab.address() + (apart ? (long) sessions * LINE : LINE);
        order = new int[sessions];
        final SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < sessions; i++) {
            final int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        slab.close();
    }

    private long line(final int i) {
        return slab.address() + order[next + i] * lineStride;
    }

    private long companion(final int i) {
        return companions + order[next + i] * companionStride;
    }

    private void advance() {
        next = next + BATCH == sessions ? 0 : next + BATCH;
    }

    @Benchmark
    public long established() {
        for (int i = 0; i < BATCH; i++) {
            sum += Memory.longAt(line(i));
        }
        for (int i = 0; i < BATCH; i++) {
            count(line(i));
        }
        advance();
        return sum;
    }

    @Benchmark
    public long tracked() {
        for (int i = 0; i < BATCH; i++) {
            sum += Memory.longAt(line(i));
        }
        for (int i = 0; i < BATCH; i++) {
            sum += Memory.longAt(companion(i));
        }
        for (int i = 0; i < BATCH; i++) {
            count(line(i));
            final long edge = companion(i) + EDGE_OFFSET;
            Memory.putInt(edge, Memory.intAt(edge) + 1);
        }
        advance();
        return sum;
    }

    private void count(final long line) {
        sum += Memory.longAt(line + Long.BYTES);
        Memory.putLong(line + BYTES_OFFSET, Memory.longAt(line + BYTES_OFFSET) + 64);
    }
}
