package org.portolan.bench.micro;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2LongHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;

/**
 * What finding a next hop's MAC costs a frame: {@link NeighborTable} by direct slot (in the subnet, a /16) and by hash
 * (off it), against maps on the heap that hold the same neighbors. The maps know nothing of a second thread: what
 * the table pays for letting control write meanwhile is in the difference.
 *
 * <p>Every address is there, in random places and drawn in random order, 65,536 of them beforehand. {@code baseline}
 * walks through the drawn addresses and looks nothing up. A figure is nanoseconds a lookup.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {MemoryAccessBenchmark.EXPORTS, MemoryAccessBenchmark.NATIVE, MemoryAccessBenchmark.ZGC})
@OperationsPerInvocation(NeighborLookupBenchmark.BATCH)
public class NeighborLookupBenchmark {
    static final int BATCH = 64;

    private static final int DRAWN = 1 << 16;
    private static final int SUBNET = 0x0A00_0000;
    private static final int OFF_SUBNET = 0xAC10_0000;
    private static final int PREFIX_LENGTH = 16;
    private static final int HOSTS = 1 << 32 - PREFIX_LENGTH;
    private static final long FIRST_MAC = 0x0200_0000_0000L;
    private static final float LOAD_FACTOR = 0.55f;

    /** How many neighbors are in the table. */
    @Param({"256", "16384"})
    public int entries;

    private final int[] inside = new int[DRAWN];
    private final int[] outside = new int[DRAWN];
    private final Map<Integer, Long> javaMap = new HashMap<>();
    private Int2ObjectHashMap<Long> objectMap;
    private Long2LongHashMap longMap;
    private NeighborTable table;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        table = new NeighborTable(SUBNET, PREFIX_LENGTH, entries);
        objectMap = new Int2ObjectHashMap<>(entries * 2, LOAD_FACTOR);
        longMap = new Long2LongHashMap(entries * 2, LOAD_FACTOR, 0);
        final SplittableRandom random = new SplittableRandom(42);
        final int[] hosts = hosts(random);
        for (int i = 0; i < entries; i++) {
            put(SUBNET + hosts[i], FIRST_MAC + i);
            put(OFF_SUBNET + hosts[i], FIRST_MAC + i);
            javaMap.put(OFF_SUBNET + hosts[i], word(FIRST_MAC + i));
            objectMap.put(OFF_SUBNET + hosts[i], Long.valueOf(word(FIRST_MAC + i)));
            longMap.put(OFF_SUBNET + hosts[i], word(FIRST_MAC + i));
        }
        for (int i = 0; i < DRAWN; i++) {
            final int host = hosts[random.nextInt(entries)];
            inside[i] = SUBNET + host;
            outside[i] = OFF_SUBNET + host;
            requireSame(inside[i], outside[i]);
        }
    }

    private int[] hosts(final SplittableRandom random) {
        final Set<Integer> hosts = new HashSet<>();
        while (hosts.size() < entries) {
            hosts.add(random.nextInt(1, HOSTS - 1));
        }
        return hosts.stream().mapToInt(Integer::intValue).toArray();
    }

    private void put(final int address, final long mac) {
        if (!table.publish(address, mac, NeighborState.REACHABLE)) {
            throw new IllegalStateException("the table has no room for 0x%x".formatted(address));
        }
    }

    private static long word(final long mac) {
        return (long) NeighborState.REACHABLE << 48 | mac;
    }

    /** A benchmark of lookups that find nothing would be fast. */
    private void requireSame(final int direct, final int hashed) {
        final long word = table.lookup(direct);
        final boolean same = word != 0
                && word == table.lookup(hashed)
                && word == javaMap.get(hashed)
                && word == objectMap.get(hashed)
                && word == longMap.get(hashed);
        if (!same) {
            throw new IllegalStateException("0x%x is not the same everywhere".formatted(hashed));
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        table.close();
    }

    /** Where the next batch of drawn addresses begins. */
    private int batch() {
        next = next + BATCH & DRAWN - 1;
        return next;
    }

    @Benchmark
    public long baseline() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += inside[i];
        }
        return sum;
    }

    @Benchmark
    public long direct() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += table.lookup(inside[i]);
        }
        return sum;
    }

    @Benchmark
    public long hashed() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += table.lookup(outside[i]);
        }
        return sum;
    }

    @Benchmark
    public long agronaInt2Object() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += objectMap.get(outside[i]);
        }
        return sum;
    }

    @Benchmark
    public long agronaLong2Long() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += longMap.get(outside[i]);
        }
        return sum;
    }

    @Benchmark
    public long javaHashMap() {
        final int from = batch();
        long sum = 0;
        for (int i = from; i < from + BATCH; i++) {
            sum += javaMap.get(outside[i]);
        }
        return sum;
    }
}
