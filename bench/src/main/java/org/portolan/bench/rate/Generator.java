package org.portolan.bench.rate;

import java.util.concurrent.locks.LockSupport;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.io.PacketRing;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * Fills a link of the lab with 60-byte UDP frames from a transmit ring (PACKET_TX_RING, PACKET_QDISC_BYPASS): open
 * loop, at a rate or flat out.
 *
 * <p>A frame's flow is its source port. The order is pseudo-random and the same each time: a stride without a common
 * divisor walks through the flows, so no
 * flow is sent twice before every other was (RFC 4814 section 4 asks that ports be not in sequence).
 */
public final class Generator implements AutoCloseable {
    private static final int FRAME_BYTES = Ethernet.MINIMUM_FRAME_BYTES;
    private static final int UDP_BYTES = FRAME_BYTES - Ethernet.HEADER_BYTES - Ipv4.HEADER_BYTES;
    private static final int FIRST_PORT = 10_000;
    private static final int[] STRIDES = {7919, 7907};
    private static final int BATCH = 64;
    private static final int HEADROOM = 64;

    private final Host host;
    private final int cpu;
    private final int flows;
    private final int stride;
    private final Slab frames;
    private final PacketRing ring;

    /** @param seconds from the first frame to the last system call */
    public record Sent(long frames, double seconds) {
        public double perSecond() {
            return frames / seconds;
        }
    }

    /**
     * @param routerMac where the frames go
     * @param cpu to pin the sending thread to, or -1
     */
    public Generator(
            final Host host, final long routerMac, final int destination, final int port, final int flows, final int cpu) {
        this.host = host;
        this.cpu = cpu;
        this.flows = flows;
        stride = stride(flows);
        frames = Slab.allocate((long) (FRAME_BYTES + HEADROOM) * flows, "generated frames");
        final long ownMac = Long.parseLong(host.mac().replace(":", ""), 16);
        for (int flow = 0; flow < flows; flow++) {
            write(frame(flow), ownMac, routerMac, destination, port, FIRST_PORT + flow);
        }
        try {
            ring = host.namespace().call(() -> new PacketRing(Host.DEVICE, host.namespace().deviceIndex(Host.DEVICE), 1500));
        } catch (final Exception e) {
            throw new LabException("no generator: " + e.getMessage(), e);
        }
    }

    /**
     * A prime that does not divide the count of flows: with one that does, only a part of the flows would ever be
     * sent.
     */
    static int stride(final int flows) {
        return flows % STRIDES[0] == 0 ? STRIDES[1] : STRIDES[0];
    }

    private long frame(final int flow) {
        return frames.address() + (long) flow * (FRAME_BYTES + HEADROOM) + HEADROOM;
    }

    private void write(
            final long frame, final long ownMac, final long routerMac, final int destination, final int port, final int sourcePort) {
        final int source = address(host.address());
        Ethernet.putHeader(frame, routerMac, ownMac, Ethernet.TYPE_IPV4);
        final long ip = frame + Ethernet.HEADER_BYTES;
        Ipv4.putHeader(ip, Ipv4.HEADER_BYTES + UDP_BYTES, 0, true, 64, Ipv4.UDP, source, destination);
        final long udp = ip + Ipv4.HEADER_BYTES;
        Udp.putHeader(udp, sourcePort, port, UDP_BYTES, 0);
        for (int at = Udp.HEADER_BYTES; at < UDP_BYTES; at++) {
            Memory.putU8(udp + at, at * 31 + sourcePort);
        }
        Udp.putChecksum(udp, InternetChecksum.ofTransport(udp, UDP_BYTES, source, destination, Ipv4.UDP));
    }

    public static int address(final String dotted) {
        int address = 0;
        for (final String octet : dotted.split("\\.")) {
            address = address << 8 | Integer.parseInt(octet);
        }
        return address;
    }

    /**
     * Sends for {@code seconds}.
     *
     * @param perSecond frames a second, or 0 for as many as go
     */
    public Sent run(final double seconds, final long perSecond) {
        return run(seconds, perSecond, 0);
    }

    /**
     * Like {@link #run(double, long)}, but leaves the CPU to others between frames.
     *
     * @param restNs how long to sleep when no frame is due; what fell due meanwhile goes at once
     */
    public Sent run(final double seconds, final long perSecond, final long restNs) {
        try {
            return host.namespace().call(() -> send(seconds, perSecond, restNs));
        } catch (final Exception e) {
            throw new LabException("generator: " + e.getMessage(), e);
        }
    }

    private Sent send(final double seconds, final long perSecond, final long restNs) {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
        final long beganNs = System.nanoTime();
        final long lastNs = (long) (seconds * 1e9);
        long sent = 0;
        int flow = 0;
        long nowNs = 0;
        while (nowNs < lastNs) {
            final long due = perSecond == 0 ? BATCH : Math.min(BATCH, (long) (nowNs * 1e-9 * perSecond) - sent);
            for (long i = 0; i < due; i++) {
                if (ring.send(frame(flow), FRAME_BYTES, 0) != 0) {
                    break;
                }
                flow = (flow + stride) % flows;
                sent++;
            }
            ring.flush();
            if (due == 0 && restNs > 0) {
                LockSupport.parkNanos(restNs);
            }
            nowNs = System.nanoTime() - beganNs;
        }
        return new Sent(sent, nowNs / 1e9);
    }

    @Override
    public void close() {
        ring.close();
        frames.close();
    }
}
