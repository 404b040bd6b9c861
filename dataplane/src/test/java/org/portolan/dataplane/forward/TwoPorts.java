package org.portolan.dataplane.forward;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/** An inside and an outside port with drivers that keep what they are to send, and a packet on its way. */
final class TwoPorts implements AutoCloseable {
    static final long LAN_MAC = 0x0250_2A16_6D01L;
    static final long WAN_MAC = 0x0250_2A16_6D02L;
    static final long HOST_MAC = 0x0250_2A16_6D14L;
    static final long GATEWAY_MAC = 0x0250_2A16_6DFEL;
    static final int LAN = 0xC0A8_0101;
    static final int WAN = 0xCB00_7102;
    static final int HOST = 0xC0A8_0114;
    static final int GATEWAY = 0xCB00_7101;
    static final int SERVER = 0xC633_6407;

    private static final int ROOM_BYTES = 4_096;

    final Wire lanWire = new Wire();
    final Wire wanWire = new Wire();
    final NeighborTable lanNeighbors = new NeighborTable(LAN & -256, 24, 16);
    final NeighborTable wanNeighbors = new NeighborTable(WAN & -256, 24, 16);
    final NeighborUse wanUse = new NeighborUse(wanNeighbors.slots());
    final WorkerCounters counters;
    final Port lan;
    final Port wan;
    final RouteTable routes = RouteTable.builder()
            .add(LAN & -256, 24, 0, 0)
            .add(WAN & -256, 24, 1, 0)
            .add(SERVER & -256, 24, 1, GATEWAY)
            .build();

    /** As large as the larger MTU's. */
    final FramePool pool = new FramePool(2, 1_514);

    final Fragmenter fragmenter;
    private final Slab slab = Slab.allocate(ROOM_BYTES, "a packet on its way");
    private final Frame frame = new Frame();
    final Transit transit = new Transit(frame);

    /** A driver that takes everything, unless it is to refuse. */
    static final class Wire implements FrameIo {
        final List<byte[]> sent = new ArrayList<>();
        int own;
        int ownRefusal;
        int refusal;
        boolean isDown;

        @Override
        public int receive(final FrameBatch batch) {
            return 0;
        }

        @Override
        public void release() {}

        @Override
        public int send(final long address, final int length, final long offload) {
            if (refusal == 0) {
                final byte[] bytes = new byte[length];
                Memory.copy(address, bytes, 0, length);
                sent.add(bytes);
            }
            return refusal;
        }

        @Override
        public int sendOwn(final long address, final int length, final long offload) {
            final int result = ownRefusal == 0 ? send(address, length, offload) : ownRefusal;
            own += result == 0 ? 1 : 0;
            return result;
        }

        @Override
        public void flush(final long nowNs) {}

        @Override
        public boolean isDown() {
            return isDown;
        }

        @Override
        public int pollDescriptor() {
            return -1;
        }

        @Override
        public int mostWaiting() {
            return 0;
        }

        @Override
        public void close() {}
    }

    TwoPorts() {
        final CountersManager manager = new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(256 * CountersReader.METADATA_LENGTH)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(256 * CountersReader.COUNTER_LENGTH)));
        counters = new WorkerCounters(manager, 0);
        fragmenter = new Fragmenter(pool, counters, 42);
        lan = new Port(
                0,
                "lan",
                false,
                0,
                LAN,
                24,
                lanNeighbors,
                new NeighborUse(lanNeighbors.slots()),
                new PortCounters(manager, 0, "lan"),
                lanWire,
                LAN_MAC,
                1_500);
        wan = new Port(
                1,
                "wan",
                true,
                0,
                WAN,
                24,
                wanNeighbors,
                wanUse,
                new PortCounters(manager, 0, "wan"),
                wanWire,
                WAN_MAC,
                1_400);
    }

    /** A UDP packet that arrived by a port, with zeros for its payload. */
    TwoPorts udp(final Port ingress, final int source, final int destination, final int payload, final boolean df) {
        return packet(ingress, source, destination, Ipv4.UDP, Udp.HEADER_BYTES + payload, df);
    }

    /** A TCP segment without options, with these flags and right checksums. */
    TwoPorts tcp(final Port ingress, final int source, final int destination, final int flags) {
        return tcp(ingress, source, destination, flags, new int[0]);
    }

    TwoPorts tcp(final Port ingress, final int source, final int destination, final int flags, final int... options) {
        final int length = Tcp.HEADER_BYTES + options.length;
        begin(ingress, source, destination, Ipv4.TCP, length, true);
        final long tcp = transport();
        Tcp.putSourcePort(tcp, 5_000);
        Tcp.putDestinationPort(tcp, 80);
        Memory.putU32(tcp + Tcp.SEQUENCE_OFFSET, 1_000);
        Memory.putU32(tcp + Tcp.ACKNOWLEDGMENT_OFFSET, 77);
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, length / 4 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, flags);
        for (int at = 0; at < options.length; at++) {
            Memory.putU8(tcp + Tcp.HEADER_BYTES + at, options[at]);
        }
        Tcp.putChecksum(tcp, InternetChecksum.ofTransport(tcp, length, source, destination, Ipv4.TCP));
        return parsed(length);
    }

    /** Whatever the protocol, its bytes are zeros or were written before. */
    private TwoPorts packet(
            final Port ingress,
            final int source,
            final int destination,
            final int protocol,
            final int length,
            final boolean df) {
        begin(ingress, source, destination, protocol, length, df);
        Udp.putHeader(transport(), 5_000, 53, length, 0);
        return parsed(length);
    }

    private void begin(
            final Port ingress,
            final int source,
            final int destination,
            final int protocol,
            final int length,
            final boolean df) {
        Memory.zero(slab.address(), ROOM_BYTES);
        Ethernet.putHeader(at(), ingress.mac(), HOST_MAC, Ethernet.TYPE_IPV4);
        Ipv4.putHeader(ip(), Ipv4.HEADER_BYTES + length, 1, df, 64, protocol, source, destination);
        transit.begin(ingress, false);
    }

    private TwoPorts parsed(final int length) {
        frame.set(at(), Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES + length, 0, 1, 0);
        return parsed();
    }

    /** Reads the packet again after a test has changed its bytes. */
    TwoPorts parsed() {
        final int reason = transit.packet().parse(ip(), frame.length() - Ethernet.HEADER_BYTES);
        if (reason > 0) {
            throw new AssertionError("the test's packet is refused for " + reason);
        }
        return this;
    }

    /** With another TTL. */
    TwoPorts ttl(final int ttl) {
        Memory.putU8(ip() + Ipv4.TTL_OFFSET, ttl);
        Ipv4.putChecksum(ip(), 0);
        Ipv4.putChecksum(ip(), InternetChecksum.of(ip(), Ipv4.HEADER_BYTES));
        return parsed();
    }

    /** The Ethernet header. */
    long at() {
        return slab.address() + FrameIo.HEADROOM_BYTES;
    }

    long ip() {
        return at() + Ethernet.HEADER_BYTES;
    }

    long transport() {
        return ip() + Ipv4.HEADER_BYTES;
    }

    /** What is sent is whole: both checksums over it are right. */
    static boolean isWhole(final byte[] frame) {
        final int header = (frame[Ethernet.HEADER_BYTES] & 0xF) * 4;
        long sum = 0;
        for (int at = 0; at < header; at += 2) {
            sum += (frame[Ethernet.HEADER_BYTES + at] & 0xFF) << 8 | frame[Ethernet.HEADER_BYTES + at + 1] & 0xFF;
        }
        return InternetChecksum.fold(sum) == 0xFFFF;
    }

    @Override
    public void close() {
        slab.close();
        pool.close();
        lanNeighbors.close();
        wanNeighbors.close();
        wanUse.close();
        lan.use().close();
    }
}
