package org.portolan.bench.traffic;

import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * Writes test frames where they are sent from: a template of the right length is copied, then what differs is put in
 * and both checksums are updated by it. Allocates nothing once made. One thread uses it.
 */
public final class FrameWriter implements AutoCloseable {
    /** Of what the sender sends; a router takes one. */
    public static final int TTL = 64;

    /** Ethernet, IPv4 and UDP header. */
    static final int HEADER_BYTES = Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES + Udp.HEADER_BYTES;

    private static final int UDP_AT = Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES;
    private static final int STRIDE = 1536;

    private final TrafficFlows flows;
    private final TrafficDirection direction;
    private final Checksums checksums;
    private final FrameSize size;
    private final Slab templates;
    private final long[] headerSums;
    private final long[] udpSums;
    private final long offload;

    /**
     * @param sourceMac the sending host's
     * @param destinationMac the router's
     * @param direction which end of a frame is the flow's endpoint; the other is {@link TrafficFlows#peer}
     */
    public FrameWriter(
            final long sourceMac,
            final long destinationMac,
            final TrafficFlows flows,
            final TrafficDirection direction,
            final Checksums checksums,
            final FrameSize size) {
        this.flows = flows;
        this.direction = direction;
        this.checksums = checksums;
        this.size = size;
        templates = Slab.allocate((long) STRIDE * size.patternLength(), "frame templates");
        headerSums = new long[size.patternLength()];
        udpSums = new long[size.patternLength()];
        offload = checksums == Checksums.PARTIAL
                ? Offload.pack(Offload.NEEDS_CHECKSUM, Offload.SEGMENT_NONE, 0, UDP_AT, Udp.CHECKSUM_OFFSET)
                : Offload.NONE;
        for (int place = 0; place < size.patternLength(); place++) {
            make(place, sourceMac, destinationMac);
        }
    }

    private long template(final int place) {
        return templates.address() + (long) place * STRIDE;
    }

    /** A frame whose endpoint, probe and checksums are zero, and the sums of what it holds. */
    private void make(final int place, final long sourceMac, final long destinationMac) {
        final long frame = template(place);
        final int bytes = size.bytes(place);
        final boolean outbound = direction == TrafficDirection.OUTBOUND;
        final int source = outbound ? 0 : flows.peer();
        final int destination = outbound ? flows.peer() : 0;
        Ethernet.putHeader(frame, destinationMac, sourceMac, Ethernet.TYPE_IPV4);
        final long ip = frame + Ethernet.HEADER_BYTES;
        Ipv4.putHeader(ip, bytes - Ethernet.HEADER_BYTES, 0, true, TTL, Ipv4.UDP, source, destination);
        headerSums[place] = ~Ipv4.checksum(ip) & 0xFFFF;
        final long udp = frame + UDP_AT;
        final int length = bytes - UDP_AT;
        Udp.putHeader(udp, outbound ? 0 : flows.peerPort(), outbound ? flows.peerPort() : 0, length, 0);
        Probe.putFiller(udp + Udp.HEADER_BYTES, length - Udp.HEADER_BYTES);
        final long pseudoSum = InternetChecksum.pseudoHeaderSum(source, destination, Ipv4.UDP, length);
        udpSums[place] = checksums == Checksums.FULL ? pseudoSum + InternetChecksum.sum(udp, length) : pseudoSum;
    }

    public TrafficFlows flows() {
        return flows;
    }

    public TrafficDirection direction() {
        return direction;
    }

    public Checksums checksums() {
        return checksums;
    }

    public FrameSize size() {
        return size;
    }

    /**
     * Writes one frame.
     *
     * @param frame where; {@link FrameSize#longestBytes} of room
     * @param run number of the run, low 8 bits
     * @param sequence number of the frame in its run
     * @param intendedNs when it is due, CLOCK_REALTIME
     * @param flow 0 to {@link TrafficFlows#count} - 1; a flow of a mix has one size after another, lap by lap
     * @param lap how often every flow was sent before
     * @return its length, bytes
     */
    public int write(
            final long frame,
            final int run,
            final long sequence,
            final long intendedNs,
            final int flow,
            final int lap) {
        final int places = size.patternLength();
        final int place = places == 1 ? 0 : Integer.remainderUnsigned(flow + lap, places);
        final int bytes = size.bytes(place);
        Memory.copy(template(place), frame, bytes);
        final int address = flows.address(flow);
        final int port = flows.port(flow);
        final long ip = frame + Ethernet.HEADER_BYTES;
        final long udp = frame + UDP_AT;
        Memory.putU32(ip + direction.addressOffset, address);
        Memory.putU16(udp + direction.portOffset, port);
        final long endpointSum = address & 0xFFFF_FFFFL;
        Ipv4.putChecksum(ip, ~InternetChecksum.fold(headerSums[place] + endpointSum) & 0xFFFF);
        final long probeSum = Probe.put(
                frame + HEADER_BYTES, bytes - HEADER_BYTES, intendedNs, (int) sequence, Probe.runAndFlow(run, flow));
        if (checksums == Checksums.FULL) {
            final int checksum = ~InternetChecksum.fold(udpSums[place] + endpointSum + port + probeSum) & 0xFFFF;
            Udp.putChecksum(udp, checksum == 0 ? 0xFFFF : checksum);
        } else if (checksums == Checksums.PARTIAL) {
            Udp.putChecksum(udp, InternetChecksum.fold(udpSums[place] + endpointSum));
        }
        return bytes;
    }

    /** An {@link Offload} word that goes with every frame. */
    public long offload() {
        return offload;
    }

    @Override
    public void close() {
        templates.close();
    }
}
