package org.portolan.bench.micro;

import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * What right checksums cost a translated packet: the source address and port of 64 IPv4 + UDP packets are rewritten,
 * there and back in turn. {@code incremental} mends both checksums by a session's two precomputed deltas (RFC 1624),
 * as the NAT does; {@code full} sums up header and datagram again. {@code baseline} writes address and port and leaves
 * the checksums wrong. A figure is nanoseconds a packet. The packets stay in the second-level cache: out of memory
 * {@code full} would have to wait for the payload too.
 */
public class ChecksumBenchmark extends HotPathBenchmark {
    private static final int INSIDE = 0xC0A8_010A;
    private static final int INSIDE_PORT = 40_000;
    private static final int OUTSIDE = 0xCB00_7105;
    private static final int OUTSIDE_PORT = 50_001;
    private static final int REMOTE = 0x0808_0808;
    private static final int STRIDE = 27 * Memory.CACHE_LINE_BYTES;

    /** IPv4 total length, bytes. */
    @Param({"64", "1500"})
    public int packetBytes;

    private final int[] addressDeltas = new int[BATCH];
    private final int[] transportDeltas = new int[BATCH];
    private Slab packets;
    private boolean outside;
    private boolean mended;

    @Setup(Level.Trial)
    public void write() {
        packets = Slab.allocate(BATCH * STRIDE, "benchmark packets");
        final SplittableRandom random = new SplittableRandom(42);
        final int addressDelta = InternetChecksum.delta32(INSIDE, OUTSIDE);
        final int portDelta = InternetChecksum.delta16(INSIDE_PORT, OUTSIDE_PORT);
        for (int i = 0; i < BATCH; i++) {
            final long ip = packets.address() + (long) i * STRIDE;
            for (int at = 0; at < packetBytes; at += Long.BYTES) {
                Memory.putLong(ip + at, random.nextLong());
            }
            final int length = packetBytes - Ipv4.HEADER_BYTES;
            Ipv4.putHeader(ip, packetBytes, i, true, 64, Ipv4.UDP, INSIDE, REMOTE);
            Udp.putHeader(ip + Ipv4.HEADER_BYTES, INSIDE_PORT, 53, length, 0);
            sumUp(ip);
            addressDeltas[i] = addressDelta;
            transportDeltas[i] = InternetChecksum.combine(addressDelta, portDelta);
        }
        mended = true;
    }

    /** Checksums that came out wrong would be fast. */
    @TearDown(Level.Trial)
    public void check() {
        for (int i = 0; i < BATCH && mended; i++) {
            final long ip = packets.address() + (long) i * STRIDE;
            final boolean right = InternetChecksum.of(ip, Ipv4.HEADER_BYTES) == 0
                    && InternetChecksum.ofTransport(
                                    ip + Ipv4.HEADER_BYTES,
                                    packetBytes - Ipv4.HEADER_BYTES,
                                    Ipv4.source(ip),
                                    Ipv4.destination(ip),
                                    Ipv4.UDP)
                            == 0;
            NumberedFlows.require(right, "packet %d has a wrong checksum", i);
        }
        packets.close();
    }

    private static void sumUp(final long ip) {
        final long udp = ip + Ipv4.HEADER_BYTES;
        Ipv4.putChecksum(ip, 0);
        Ipv4.putChecksum(ip, InternetChecksum.of(ip, Ipv4.HEADER_BYTES));
        Udp.putChecksum(udp, 0);
        final int checksum =
                InternetChecksum.ofTransport(udp, Udp.length(udp), Ipv4.source(ip), Ipv4.destination(ip), Ipv4.UDP);
        Udp.putChecksum(udp, checksum == 0 ? 0xFFFF : checksum);
    }

    private void rewrite(final long ip) {
        Ipv4.putSource(ip, outside ? OUTSIDE : INSIDE);
        Udp.putSourcePort(ip + Ipv4.HEADER_BYTES, outside ? OUTSIDE_PORT : INSIDE_PORT);
    }

    @Benchmark
    public long baseline() {
        outside = !outside;
        mended = false;
        final long first = packets.address();
        for (int i = 0; i < BATCH; i++) {
            rewrite(first + (long) i * STRIDE);
        }
        return first;
    }

    @Benchmark
    public long incremental() {
        outside = !outside;
        final long first = packets.address();
        for (int i = 0; i < BATCH; i++) {
            final long ip = first + (long) i * STRIDE;
            final long udp = ip + Ipv4.HEADER_BYTES;
            final int address = outside ? addressDeltas[i] : InternetChecksum.reverse(addressDeltas[i]);
            final int transport = outside ? transportDeltas[i] : InternetChecksum.reverse(transportDeltas[i]);
            rewrite(ip);
            Ipv4.putChecksum(ip, InternetChecksum.update(Ipv4.checksum(ip), address));
            final int updated = InternetChecksum.update(Udp.checksum(udp), transport);
            Udp.putChecksum(udp, updated == 0 ? 0xFFFF : updated);
        }
        return first;
    }

    @Benchmark
    public long full() {
        outside = !outside;
        final long first = packets.address();
        for (int i = 0; i < BATCH; i++) {
            final long ip = first + (long) i * STRIDE;
            rewrite(ip);
            sumUp(ip);
        }
        return first;
    }
}
