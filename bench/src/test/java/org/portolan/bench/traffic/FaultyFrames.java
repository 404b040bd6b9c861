package org.portolan.bench.traffic;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * Frames as a device that changes nothing hands them on, and the same with one thing wrong each: what every kind of
 * {@link Fault} looks like.
 */
final class FaultyFrames implements AutoCloseable {
    static final int RUN = 7;
    static final int IP = Ethernet.HEADER_BYTES;
    static final int UDP = IP + Ipv4.HEADER_BYTES;
    static final int PROBE = UDP + Udp.HEADER_BYTES;
    static final int PORT = 9000;
    static final int SERVER = AddressBlock.address("203.0.113.1");
    static final int CLIENT = AddressBlock.address("192.168.1.10");

    /** No device, or one that changes nothing. */
    static final Passage UNCHANGED =
            new Passage(TrafficDirection.OUTBOUND, AddressBlock.of("192.168.1.10-192.168.1.11"), SERVER, PORT, 0);

    /** What a frame shows by itself, and what reaches a sampler. */
    static final List<Fault> ALONE = List.of(
            Fault.MAC,
            Fault.IPV4_CHECKSUM,
            Fault.TTL,
            Fault.LENGTH,
            Fault.SERVER,
            Fault.ADDRESS,
            Fault.UDP_CHECKSUM,
            Fault.PAYLOAD);

    private final Slab slab = Slab.allocate(2048, "test frames");
    private final FrameWriter writer;

    FaultyFrames(final long sourceMac, final long destinationMac, final int flows, final FrameSize size) {
        writer = new FrameWriter(
                sourceMac,
                destinationMac,
                TrafficFlows.fromInside(flows, CLIENT, SERVER, PORT),
                TrafficDirection.OUTBOUND,
                Checksums.FULL,
                size);
    }

    TrafficFlows flows() {
        return writer.flows();
    }

    byte[] right(final int sequence, final int flow, final long intendedNs) {
        return copy(writer.write(slab.address(), RUN, sequence, intendedNs, flow, 0));
    }

    /** Like {@link #right}, and one of those that are sampled. */
    byte[] sampled(final int sequence, final int flow, final long fromNs) {
        for (long intendedNs = fromNs; ; intendedNs++) {
            final byte[] frame = right(sequence, flow, intendedNs);
            if (frame[PROBE + Probe.SAMPLE_OFFSET] == 0) {
                return frame;
            }
        }
    }

    private byte[] copy(final int length) {
        final byte[] frame = new byte[length];
        Memory.copy(slab.address(), frame, 0, length);
        return frame;
    }

    /** A copy with one thing changed; the address of the Ethernet header is passed to who changes it. */
    byte[] changed(final byte[] frame, final Consumer<Long> change) {
        Memory.copy(frame, 0, slab.address(), frame.length);
        change.accept(slab.address());
        return copy(frame.length);
    }

    /** A copy with one thing changed and both checksums made right for it. */
    byte[] rewritten(final byte[] frame, final Consumer<Long> change) {
        return changed(frame, address -> {
            change.accept(address);
            final long ip = address + IP;
            final long udp = address + UDP;
            final int length = frame.length - UDP;
            Ipv4.putChecksum(ip, 0);
            Ipv4.putChecksum(ip, InternetChecksum.of(ip, Ipv4.HEADER_BYTES));
            Udp.putChecksum(udp, 0);
            Udp.putChecksum(
                    udp, InternetChecksum.ofTransport(udp, length, Ipv4.source(ip), Ipv4.destination(ip), Ipv4.UDP));
        });
    }

    /** The frame with this wrong and nothing else. */
    byte[] wrong(final Fault fault, final byte[] frame) {
        return switch (fault) {
            case NOT_WHOLE -> Arrays.copyOf(frame, PROBE + Probe.BYTES - 1);
            case MAC -> changed(frame, at -> Memory.putU8(at + 5, Memory.u8(at + 5) ^ 1));
            case IPV4_HEADER -> rewritten(frame, at -> Memory.putU16(at + IP + Ipv4.FRAGMENT_OFFSET, 0x2000));
            case IPV4_CHECKSUM -> changed(frame, at -> Ipv4.putChecksum(at + IP, Ipv4.checksum(at + IP) ^ 0x0100));
            case TTL -> rewritten(frame, at -> Ipv4.putTtl(at + IP, FrameWriter.TTL + 1));
            case LENGTH -> rewritten(frame, at -> Memory.putU16(at + UDP + Udp.LENGTH_OFFSET, frame.length - UDP - 1));
            case SERVER -> rewritten(frame, at -> Ipv4.putDestination(at + IP, SERVER + 1));
            case ADDRESS -> rewritten(frame, at -> Ipv4.putSource(at + IP, CLIENT - 1));
            case UDP_CHECKSUM -> changed(frame, at -> Udp.putChecksum(at + UDP, Udp.checksum(at + UDP) ^ 1));
            case PAYLOAD -> rewritten(frame, at -> swapWords(at + PROBE + Probe.SEQUENCE_OFFSET));
            case RUN -> right(0, 0, System.currentTimeMillis() * 1_000_000);
            case FLOW_MOVED -> rewritten(frame, at -> Udp.putSourcePort(at + UDP, 1023));
            case ENDPOINT_SHARED -> rewritten(frame, at -> Udp.putSourcePort(at + UDP, flows().port(1)));
            case NONE -> frame;
        };
    }

    /** Two 16-bit words change places: no Internet checksum sees that. */
    private static void swapWords(final long at) {
        final int first = Memory.u16(at);
        Memory.putU16(at, Memory.u16(at + 4));
        Memory.putU16(at + 4, first);
    }

    @Override
    public void close() {
        writer.close();
        slab.close();
    }
}
