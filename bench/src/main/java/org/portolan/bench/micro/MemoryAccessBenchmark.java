package org.portolan.bench.micro;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
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
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * Which way to off-heap memory should every codec take? {@link Memory} (one static-final segment over everything, no
 * bounds) against Agrona's UnsafeBuffer (its bounds checks on and off) and a MemorySegment that knows its bounds. All
 * four read the same bytes.
 *
 * <p>{@code parse*}: eight header fields and the header checksum of IPv4 + UDP frames, one after the other through a 2
 * MiB ring, which stays in the second-level or third-level cache: the instructions count. {@code lines*}: three words
 * of a random 64-byte line out of 64 MiB, as a session lookup does: the memory counts. {@code *Baseline} does the loop
 * and the addresses without reading what is there. A figure is nanoseconds a frame or a line.
 *
 * <p>The outcome that Memory was chosen by is in ARCHITECTURE.md, "Memory access".
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {MemoryAccessBenchmark.EXPORTS, MemoryAccessBenchmark.NATIVE, MemoryAccessBenchmark.ZGC})
@OperationsPerInvocation(MemoryAccessBenchmark.BATCH)
public class MemoryAccessBenchmark {
    static final String EXPORTS = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";
    static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
    static final String ZGC = "-XX:+UseZGC";
    static final String NO_BOUNDS = "-Dagrona.disable.bounds.checks=true";

    static final int BATCH = 64;

    private static final int RING_BYTES = 2 << 20;
    /** An odd multiple of 64, so that headers spread over the cache sets (as the rings' slots do). */
    private static final int STRIDE = 33 * 64;

    private static final int FRAMES = RING_BYTES / STRIDE / BATCH * BATCH;
    private static final int FRAME_BYTES = 60;
    private static final int LINES_BYTES = 64 << 20;
    private static final long LINE_MASK = LINES_BYTES / 64 - 1;
    private static final int HEADER_AT = 14;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Slab ring;
    private Slab lines;
    private long ringAddress;
    private long linesAddress;
    private UnsafeBuffer ringBuffer;
    private UnsafeBuffer linesBuffer;
    private MemorySegment ringSegment;
    private MemorySegment linesSegment;
    private int nextFrame;
    private long random = 1;

    @Setup(Level.Trial)
    public void allocate() {
        ring = Slab.allocate(RING_BYTES, "benchmark ring");
        lines = Slab.allocate(LINES_BYTES, "benchmark lines");
        ringAddress = ring.address();
        linesAddress = lines.address();
        ringBuffer = new UnsafeBuffer(ringAddress, RING_BYTES);
        linesBuffer = new UnsafeBuffer(linesAddress, LINES_BYTES);
        ringSegment = MemorySegment.ofAddress(ringAddress).reinterpret(RING_BYTES);
        linesSegment = MemorySegment.ofAddress(linesAddress).reinterpret(LINES_BYTES);
        final SplittableRandom values = new SplittableRandom(42);
        for (int frame = 0; frame < FRAMES; frame++) {
            final long ip = ringAddress + (long) frame * STRIDE + HEADER_AT;
            final int length = FRAME_BYTES - HEADER_AT;
            Ipv4.putHeader(ip, length, frame, true, 64, Ipv4.UDP, values.nextInt(), values.nextInt());
            Udp.putHeader(ip + 20, values.nextInt(1, 65536), 7, length - 20, 0);
        }
        for (int at = 0; at < LINES_BYTES; at += 8) {
            Memory.putLong(linesAddress + at, values.nextLong());
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        ring.close();
        lines.close();
    }

    /** Offset in the ring of the batch's first frame. */
    private int nextBatch() {
        final int first = nextFrame;
        nextFrame = first + BATCH == FRAMES ? 0 : first + BATCH;
        return first * STRIDE;
    }

    private static long step(final long random) {
        return random * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
    }

    @Benchmark
    public long parseBaseline() {
        long sum = 0;
        int at = nextBatch() + HEADER_AT;
        for (int frame = 0; frame < BATCH; frame++, at += STRIDE) {
            sum += ringAddress + at;
        }
        return sum;
    }

    @Benchmark
    public long parseMemory() {
        long sum = 0;
        long ip = ringAddress + nextBatch() + HEADER_AT;
        for (int frame = 0; frame < BATCH; frame++, ip += STRIDE) {
            final int header = (Memory.u8(ip) & 0xF) << 2;
            sum += Memory.u16(ip + 2) + Memory.u8(ip + 8) + Memory.u8(ip + 9);
            sum += Memory.u32(ip + 12) + Memory.u32(ip + 16);
            sum += Memory.u16(ip + header) + Memory.u16(ip + header + 2);
            sum += headerChecksum(ip, header);
        }
        return sum;
    }

    private static int headerChecksum(final long ip, final int length) {
        long sum = Memory.longAt(ip) & 0xFFFF_FFFFL;
        sum += Memory.longAt(ip) >>> 32;
        final long second = Memory.longAt(ip + 8);
        sum += (second & 0xFFFF_FFFFL) + (second >>> 32);
        for (int at = 16; at < length; at += 4) {
            sum += Memory.intAt(ip + at) & 0xFFFF_FFFFL;
        }
        return ~Short.reverseBytes((short) InternetChecksum.fold(sum)) & 0xFFFF;
    }

    private static long parse(final UnsafeBuffer buffer, final int first) {
        long sum = 0;
        int ip = first + HEADER_AT;
        for (int frame = 0; frame < BATCH; frame++, ip += STRIDE) {
            final int header = (buffer.getByte(ip) & 0xF) << 2;
            sum += u16(buffer, ip + 2) + (buffer.getByte(ip + 8) & 0xFF) + (buffer.getByte(ip + 9) & 0xFF);
            sum += buffer.getInt(ip + 12, ByteOrder.BIG_ENDIAN) + buffer.getInt(ip + 16, ByteOrder.BIG_ENDIAN);
            sum += u16(buffer, ip + header) + u16(buffer, ip + header + 2);
            sum += headerChecksum(buffer, ip, header);
        }
        return sum;
    }

    private static int u16(final UnsafeBuffer buffer, final int at) {
        return buffer.getShort(at, ByteOrder.BIG_ENDIAN) & 0xFFFF;
    }

    private static int headerChecksum(final UnsafeBuffer buffer, final int ip, final int length) {
        long sum = buffer.getLong(ip) & 0xFFFF_FFFFL;
        sum += buffer.getLong(ip) >>> 32;
        final long second = buffer.getLong(ip + 8);
        sum += (second & 0xFFFF_FFFFL) + (second >>> 32);
        for (int at = 16; at < length; at += 4) {
            sum += buffer.getInt(ip + at) & 0xFFFF_FFFFL;
        }
        return ~Short.reverseBytes((short) InternetChecksum.fold(sum)) & 0xFFFF;
    }

    @Benchmark
    public long parseUnsafeBuffer() {
        return parse(ringBuffer, nextBatch());
    }

    @Benchmark
    @Fork(
            value = 3,
            jvmArgsAppend = {EXPORTS, NATIVE, ZGC, NO_BOUNDS})
    public long parseUnsafeBufferNoBounds() {
        return parse(ringBuffer, nextBatch());
    }

    @Benchmark
    public long parseBoundedSegment() {
        final MemorySegment segment = ringSegment;
        long sum = 0;
        long ip = nextBatch() + HEADER_AT;
        for (int frame = 0; frame < BATCH; frame++, ip += STRIDE) {
            final int header = (segment.get(ValueLayout.JAVA_BYTE, ip) & 0xF) << 2;
            sum += u16(segment, ip + 2);
            sum += (segment.get(ValueLayout.JAVA_BYTE, ip + 8) & 0xFF)
                    + (segment.get(ValueLayout.JAVA_BYTE, ip + 9) & 0xFF);
            sum += segment.get(U32, ip + 12) + segment.get(U32, ip + 16);
            sum += u16(segment, ip + header) + u16(segment, ip + header + 2);
            sum += headerChecksum(segment, ip, header);
        }
        return sum;
    }

    private static int u16(final MemorySegment segment, final long at) {
        return segment.get(U16, at) & 0xFFFF;
    }

    private static int headerChecksum(final MemorySegment segment, final long ip, final int length) {
        long sum = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, ip) & 0xFFFF_FFFFL;
        sum += segment.get(ValueLayout.JAVA_LONG_UNALIGNED, ip) >>> 32;
        final long second = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, ip + 8);
        sum += (second & 0xFFFF_FFFFL) + (second >>> 32);
        for (int at = 16; at < length; at += 4) {
            sum += segment.get(ValueLayout.JAVA_INT_UNALIGNED, ip + at) & 0xFFFF_FFFFL;
        }
        return ~Short.reverseBytes((short) InternetChecksum.fold(sum)) & 0xFFFF;
    }

    @Benchmark
    public long linesBaseline() {
        long sum = 0;
        long state = random;
        for (int line = 0; line < BATCH; line++) {
            state = step(state);
            sum += linesAddress + ((state >>> 40 & LINE_MASK) << 6);
        }
        random = state;
        return sum;
    }

    @Benchmark
    public long linesMemory() {
        long sum = 0;
        long state = random;
        for (int line = 0; line < BATCH; line++) {
            state = step(state);
            final long at = linesAddress + ((state >>> 40 & LINE_MASK) << 6);
            sum += Memory.longAt(at) + Memory.longAt(at + 8) + Memory.intAt(at + 40);
        }
        random = state;
        return sum;
    }

    private long lines(final UnsafeBuffer buffer) {
        long sum = 0;
        long state = random;
        for (int line = 0; line < BATCH; line++) {
            state = step(state);
            final int at = (int) (state >>> 40 & LINE_MASK) << 6;
            sum += buffer.getLong(at) + buffer.getLong(at + 8) + buffer.getInt(at + 40);
        }
        random = state;
        return sum;
    }

    @Benchmark
    public long linesUnsafeBuffer() {
        return lines(linesBuffer);
    }

    @Benchmark
    @Fork(
            value = 3,
            jvmArgsAppend = {EXPORTS, NATIVE, ZGC, NO_BOUNDS})
    public long linesUnsafeBufferNoBounds() {
        return lines(linesBuffer);
    }

    @Benchmark
    public long linesBoundedSegment() {
        final MemorySegment segment = linesSegment;
        long sum = 0;
        long state = random;
        for (int line = 0; line < BATCH; line++) {
            state = step(state);
            final long at = (state >>> 40 & LINE_MASK) << 6;
            sum += segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at)
                    + segment.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8);
            sum += segment.get(ValueLayout.JAVA_INT_UNALIGNED, at + 40);
        }
        random = state;
        return sum;
    }
}
