package org.portolan.dataplane.io.packet;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Regions;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcMemory;

/**
 * An AF_PACKET socket and, where it has one, its mapped ring (packet(7), Documentation/networking/packet_mmap.rst,
 * net/packet/af_packet.c): setting up, and the calls of a {@link KernelSocket}.
 */
final class PacketSocket implements KernelSocket {
    // include/uapi/linux/if_packet.h
    static final int PACKET_RX_RING = 5;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_COPY_THRESH = 7;
    static final int PACKET_VERSION = 10;
    static final int PACKET_RESERVE = 12;
    static final int PACKET_TX_RING = 13;
    static final int PACKET_LOSS = 14;
    static final int PACKET_VNET_HDR = 15;
    static final int PACKET_QDISC_BYPASS = 20;
    static final int PACKET_IGNORE_OUTGOING = 23;
    static final int TPACKET_V2 = 1;

    static final int TP_STATUS_KERNEL = 0;
    static final int TP_STATUS_USER = 1;
    static final int TP_STATUS_COPY = 2;
    static final int TP_STATUS_VLAN_VALID = 1 << 4;
    static final int TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    static final int TP_STATUS_AVAILABLE = 0;
    static final int TP_STATUS_SEND_REQUEST = 1;

    // struct tpacket2_hdr
    static final int STATUS_OFFSET = 0;
    static final int LENGTH_OFFSET = 4;
    static final int SNAPLEN_OFFSET = 8;
    static final int MAC_OFFSET = 12;
    static final int SECONDS_OFFSET = 16;
    static final int NANOSECONDS_OFFSET = 20;
    static final int VLAN_TCI_OFFSET = 24;
    static final int VLAN_TPID_OFFSET = 26;
    /** TPACKET2_HDRLEN less its sockaddr_ll: where a frame to send starts in its slot. */
    static final int TRANSMIT_DATA_OFFSET = 32;

    private static final int SOL_PACKET = 263;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;

    // struct sock_fprog: u16 length, pointer; struct sock_filter: u16 code, 2 u8, u32 (include/uapi/linux/filter.h).
    private static final int SOCK_FPROG_BYTES = 16;
    private static final int SOCK_FILTER_BYTES = 8;
    /** BPF_RET | BPF_K with k = 0: accept 0 bytes. */
    private static final int BPF_RET = 0x06;

    private static final int ETH_P_ALL = 0x0003;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int TPACKET_REQ_BYTES = 16;
    /** struct tpacket_stats: packets, drops; an int each. */
    private static final int TPACKET_STATS_BYTES = 8;

    private static final int TPACKET_DROPS_OFFSET = 4;
    private static final int CONTROL_OFFSET = Memory.CACHE_LINE_BYTES;
    private static final int BUFFER_BYTES = 16 << 20;

    /** The largest frame with segmentation offload: a 16-bit IPv4 length behind an Ethernet header, rounded up. */
    static final int LARGE_FRAME_BYTES = 68 << 10;

    private final int fd;
    private final String device;
    /** Arguments of calls: the worker's at 0, control's at {@link #CONTROL_OFFSET}. */
    private final Slab words;

    private long ringAddress;
    private long ringBytes;

    PacketSocket(final String device) {
        this.device = device;
        fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        words = Slab.allocate(2L * CONTROL_OFFSET, "arguments of socket calls");
    }

    @Override
    public int descriptor() {
        return fd;
    }

    void option(final int option, final int value, final String name) {
        Libc.setSocketOption(fd, SOL_PACKET, option, value, "%s = %d on %s".formatted(name, value, device));
    }

    /** Buffers for a few hundred large frames; the unforced option serves a process without CAP_NET_ADMIN. */
    void growBuffers() {
        if (Libc.trySetSocketOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, BUFFER_BYTES) != 0) {
            Libc.trySetSocketOption(fd, SOL_SOCKET, SO_SNDBUF, BUFFER_BYTES);
        }
        if (Libc.trySetSocketOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES) != 0) {
            Libc.trySetSocketOption(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
        }
    }

    /** Sets a ring of this geometry up and maps it. */
    void mapRing(final int option, final RingGeometry geometry) {
        try (Slab request = Slab.allocate(TPACKET_REQ_BYTES, "struct tpacket_req")) {
            Memory.putInt(request.address(), geometry.blockBytes());
            Memory.putInt(request.address() + 4, geometry.blocks());
            Memory.putInt(request.address() + 8, geometry.slotBytes());
            Memory.putInt(request.address() + 12, geometry.slots());
            final String what = "packet ring of %d slots on %s".formatted(geometry.slots(), device);
            Libc.setSocketOption(fd, SOL_PACKET, option, request.address(), TPACKET_REQ_BYTES, what);
        }
        ringBytes = geometry.ringBytes();
        ringAddress = LibcMemory.mmap(
                ringBytes,
                LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
                LibcMemory.MAP_SHARED | LibcMemory.MAP_POPULATE,
                fd,
                0,
                "the packet ring of " + device);
        Regions.add(ringAddress, ringBytes);
    }

    long ringAddress() {
        return ringAddress;
    }

    /** Binds for sending only: protocol 0 is delivered nothing. */
    void bindForSending(final int deviceIndex) {
        bind(deviceIndex, 0);
    }

    @Override
    public void startReceiving(final int deviceIndex) {
        bind(deviceIndex, ETH_P_ALL);
    }

    private void bind(final int deviceIndex, final int protocol) {
        final long address = words.address() + CONTROL_OFFSET;
        Memory.zero(address, SOCKADDR_LL_BYTES);
        Memory.putShort(address, (short) Libc.AF_PACKET);
        Memory.putU16(address + 2, protocol);
        Memory.putInt(address + 4, deviceIndex);
        Libc.bind(fd, address, SOCKADDR_LL_BYTES, "AF_PACKET on " + device);
    }

    /**
     * A filter that accepts nothing. Closing it or binding it again would wait for every CPU to leave the packet's path
     * (synchronize_net), some milliseconds in which frames are lost.
     */
    @Override
    public void stopReceiving() {
        final long program = words.address() + CONTROL_OFFSET;
        final long instruction = program + SOCK_FPROG_BYTES;
        Memory.zero(program, SOCK_FPROG_BYTES + SOCK_FILTER_BYTES);
        Memory.putShort(program, (short) 1);
        Memory.putLong(program + 8, instruction);
        Memory.putShort(instruction, (short) BPF_RET);
        Libc.setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, SOCK_FPROG_BYTES, "SO_ATTACH_FILTER");
    }

    @Override
    public void resumeReceiving() {
        Libc.setSocketOption(fd, SOL_SOCKET, SO_DETACH_FILTER, 0, "SO_DETACH_FILTER");
    }

    @Override
    public long send(final long address, final long bytes) {
        return Libc.send(fd, address, bytes, Libc.MSG_DONTWAIT);
    }

    @Override
    public long receive(final long address, final long bytes) {
        return Libc.recv(fd, address, bytes, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC);
    }

    @Override
    public int takeError() {
        return Libc.takeSocketError(fd, words.address());
    }

    @Override
    public int takeLost() {
        final long statistics = words.address() + CONTROL_OFFSET;
        return Libc.socketOption(fd, SOL_PACKET, PACKET_STATISTICS, statistics, TPACKET_STATS_BYTES) == 0
                ? Memory.intAt(statistics + TPACKET_DROPS_OFFSET)
                : 0;
    }

    @Override
    public void close() {
        if (ringBytes != 0) {
            Regions.remove(ringAddress);
            LibcMemory.munmap(ringAddress, ringBytes);
            ringBytes = 0;
        }
        Libc.close(fd);
        words.close();
    }
}
