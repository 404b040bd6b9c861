package org.portolan.bench.micro;

import org.agrona.collections.Long2LongHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Packet;

/**
 * What finding a packet's session costs, in a full table, every session in random order. 64 packets are drawn (parsed
 * and hashed) and then looked up:
 *
 * <ul>
 * <li>{@code alone}: each lookup begins when the one before it has ended, so a figure is the time that one takes;
 * <li>{@code loop}: one after the other, and the processor may overlap them as far as it looks ahead;
 * <li>{@code batched}: as the worker does it, first all buckets touched, then all session lines, then the lookups,
 * which begin with the match that the second step found;
 * <li>{@code agronaLong2Long}: {@code loop} over a map on the heap from the same hash to the session's number. It
 * compares no addresses and ports, so it does less: an entry that shares the hash would be taken for the packet's;
 * <li>{@code baseline}: the drawing alone, which is in all of the others.
 * </ul>
 *
 * <p>A figure is nanoseconds a lookup, the drawing included: subtract {@code baseline}.
 */
public class SessionLookupBenchmark extends HotPathBenchmark {
    /** Whether the packets drawn have a session. */
    public enum Keys {
        HIT,
        MISS
    }

    private static final float LOAD_FACTOR = 0.55f;

    @Param
    public FlowDirection direction;

    @Param
    public Keys keys;

    /** Sessions in the table, which is full. */
    @Param({"1024", "65536", "1048576", "4194304"})
    public int sessions;

    private final Packet[] packets = new Packet[BATCH];
    private final long[] hashes = new long[BATCH];
    private final int[] likely = new int[BATCH];
    private NumberedFlows flows;
    private Nat nat;
    private Slab frames;
    private long nextFrame;
    private long touched;
    private Long2LongHashMap map;

    @Setup(Level.Trial)
    public void open(final BenchmarkParams params) {
        requireWholeBatches(sessions);
        for (int i = 0; i < BATCH; i++) {
            packets[i] = new Packet();
        }
        flows = new NumberedFlows(sessions, Transport.UDP);
        nat = flows.nat(sessions);
        flows.open(nat);
        frames = flows.frames(direction, nat, keys == Keys.HIT ? NumberedFlows.REMOTE_PORT : NumberedFlows.UNUSED_PORT);
        nextFrame = frames.address();
        for (int drawn = 0; drawn < sessions; drawn += BATCH) {
            draw();
            for (int i = 0; i < BATCH; i++) {
                NumberedFlows.require(find(i, 0) >= 0 == (keys == Keys.HIT), "packet %d is not a %s", drawn + i, keys);
            }
        }
        if (params.getBenchmark().endsWith("agronaLong2Long")) {
            map = heapMap();
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        frames.close();
        nat.close();
    }

    private Long2LongHashMap heapMap() {
        final Long2LongHashMap filled = new Long2LongHashMap(sessions * 2, LOAD_FACTOR, -1);
        final Packet packet = new Packet();
        try (Slab hits = flows.frames(direction, nat, NumberedFlows.REMOTE_PORT)) {
            for (int i = 0; i < sessions; i++) {
                NumberedFlows.parse(packet, hits.address() + (long) i * NumberedFlows.STRIDE);
                filled.put(nat.hash(packet, realm()), i);
            }
        }
        NumberedFlows.require(filled.size() == sessions, "%d hashes of %d sessions", filled.size(), sessions);
        return filled;
    }

    private void draw() {
        long frame = nextFrame;
        for (int i = 0; i < BATCH; i++) {
            NumberedFlows.parse(packets[i], frame);
            hashes[i] = nat.hash(packets[i], realm());
            frame += NumberedFlows.STRIDE;
        }
        nextFrame = frame == frames.address() + (long) sessions * NumberedFlows.STRIDE ? frames.address() : frame;
    }

    private int find(final int drawn, final int offset) {
        return nat.find(packets[drawn], realm(), hashes[drawn] + offset);
    }

    private int realm() {
        return direction == FlowDirection.OUTBOUND ? NumberedFlows.INSIDE_REALM : NumberedFlows.OUTSIDE_REALM;
    }

    @Benchmark
    public long baseline() {
        draw();
        return hashes[BATCH - 1];
    }

    @Benchmark
    public long alone() {
        draw();
        long sum = 0;
        int offset = 0;
        for (int i = 0; i < BATCH; i++) {
            final int match = find(i, offset);
            sum += match;
            // 0, for a match as for -1, but only who knows the match knows it.
            offset = match + 1 >>> 31;
        }
        return sum;
    }

    @Benchmark
    public long loop() {
        draw();
        return findAll();
    }

    private long findAll() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += find(i, 0);
        }
        return sum;
    }

    @Benchmark
    public long batched() {
        draw();
        for (int i = 0; i < BATCH; i++) {
            touched += nat.touch(hashes[i]);
        }
        for (int i = 0; i < BATCH; i++) {
            likely[i] = nat.likely(hashes[i]);
        }
        for (int i = 0; i < BATCH; i++) {
            touched += nat.touchSession(likely[i], 0);
        }
        long sum = touched;
        for (int i = 0; i < BATCH; i++) {
            sum += nat.find(packets[i], realm(), hashes[i], likely[i]);
        }
        return sum;
    }

    @Benchmark
    public long agronaLong2Long() {
        draw();
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += map.get(hashes[i]);
        }
        return sum;
    }
}
