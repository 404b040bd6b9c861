package org.portolan.dataplane.io.tap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.system.Errno;

/**
 * The kernel's end of a tap, in memory: what tun_do_read and tun_get_user (drivers/net/tun.c) do with headers, lengths
 * and errors, as far as a reader and a writer can see it.
 */
final class FakeTap implements TapFile {
    /** A frame and its header's word. */
    record Sent(byte[] frame, long offload, int linear) {}

    final ArrayDeque<Sent> queue = new ArrayDeque<>();
    final List<Sent> wire = new ArrayList<>();
    String name = "tap0";
    long kernelMac = 0x0200_0000_0001L;
    int errno;
    int writes;
    boolean closed;

    void arrive(final byte[] frame, final long offload) {
        queue.add(new Sent(frame, offload, 0));
    }

    /** A frame longer than the room is cut, as read(2) on a tap cuts it. */
    @Override
    public long read(final long address, final long bytes) {
        final Sent next = queue.poll();
        if (next == null || name == null) {
            return -1;
        }
        VirtioHeader.put(address, next.offload(), 0);
        final int here = (int) Math.min(next.frame().length, bytes - VirtioHeader.BYTES);
        Memory.copy(next.frame(), 0, address + VirtioHeader.BYTES, here);
        return VirtioHeader.BYTES + (long) here;
    }

    @Override
    public long write(final long vector) {
        writes++;
        if (errno != 0) {
            return -errno;
        }
        if (name == null) {
            return -Errno.EBADFD;
        }
        final long header = Memory.longAt(vector);
        final int headerBytes = (int) Memory.longAt(vector + 8);
        final long frame = Memory.longAt(vector + 16);
        final int length = (int) Memory.longAt(vector + 24);
        final long offload = VirtioHeader.offload(header);
        final int linear = Memory.shortAt(header + 2) & 0xFFFF;
        final boolean outside = Offload.needsChecksum(offload)
                && Offload.checksumStart(offload) + Offload.checksumOffset(offload) + 2 > length;
        if (headerBytes != VirtioHeader.BYTES || length < 14 || linear > length || outside) {
            return -Errno.EINVAL;
        }
        final byte[] copy = new byte[length];
        Memory.copy(frame, copy, 0, length);
        wire.add(new Sent(copy, offload, linear));
        return headerBytes + (long) length;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long kernelMac() {
        return name == null ? 0 : kernelMac;
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        closed = true;
    }
}
