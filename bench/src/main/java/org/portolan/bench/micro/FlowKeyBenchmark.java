package org.portolan.bench.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.wire.Packet;

/**
 * What finding out a packet's flow costs: {@code hash} makes the keyed hash of six fields that the parser has left
 * in the {@link Packet}, for which {@code fields} is the baseline, as it reads the same six and adds them up. {@code
 * parse} checks IPv4 and UDP (the header checksum included) and leaves the fields; {@code parseAndHash} is both, as
 * the worker does it for each frame, and the worth of looking beyond {@code hash} alone. A figure is nanoseconds a
 * packet; the packets, 64 after 64 out of 1,024, stay in the cache.
 */
public class FlowKeyBenchmark extends HotPathBenchmark {
    private static final int FLOWS = 1024;

    private final Packet[] packets = new Packet[BATCH];
    private Nat nat;
    private Slab frames;
    private int next;

    @Setup(Level.Trial)
    public void parseAll() {
        final NumberedFlows flows = new NumberedFlows(FLOWS, Transport.UDP);
        nat = flows.nat(1);
        frames = flows.outboundFrames(NumberedFlows.REMOTE_PORT);
        for (int i = 0; i < BATCH; i++) {
            packets[i] = new Packet();
            NumberedFlows.parse(packets[i], frames.address() + (long) i * NumberedFlows.STRIDE);
        }
    }

    @TearDown(Level.Trial)
    public void free() {
        frames.close();
        nat.close();
    }

    private long batch() {
        next = next + BATCH & FLOWS - 1;
        return frames.address() + (long) next * NumberedFlows.STRIDE;
    }

    @Benchmark
    public long fields() {
        long sum = 0;
        for (final Packet p : packets) {
            sum += p.source() + p.sourcePort() + p.destination() + p.destinationPort() + p.protocol();
        }
        return sum;
    }

    @Benchmark
    public long hash() {
        long sum = 0;
        for (final Packet p : packets) {
            sum += nat.hash(p, 0);
        }
        return sum;
    }

    @Benchmark
    public long parse() {
        long frame = batch();
        for (final Packet p : packets) {
            NumberedFlows.parse(p, frame);
            frame += NumberedFlows.STRIDE;
        }
        return packets[0].source();
    }

    @Benchmark
    public long parseAndHash() {
        long frame = batch();
        long sum = 0;
        for (final Packet p : packets) {
            NumberedFlows.parse(p, frame);
            sum += nat.hash(p, 0);
            frame += NumberedFlows.STRIDE;
        }
        return sum;
    }
}
