package org.portolan.dataplane.system;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The kernel's side of an rtnetlink socket: each dump request gets the next scripted answer, a list of datagrams and
 * errors. The sequence number of the request is put into every message that was built with {@link #message}.
 */
final class FakeRouteKernel implements RouteSocket {
    private static final MemorySegment EVERYWHERE = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** Types of the requests in the order in which they came. */
    final List<Integer> requests = new ArrayList<>();

    private final Deque<List<Object>> answers = new ArrayDeque<>();
    private final Deque<Object> queue = new ArrayDeque<>();
    private int sendErrno;
    private int sequence;

    /** The next dump is answered so: byte arrays are datagrams, integers are errnos. */
    FakeRouteKernel answer(final Object... steps) {
        answers.add(List.of(steps));
        return this;
    }

    FakeRouteKernel refuseSends(final int errno) {
        sendErrno = errno;
        return this;
    }

    @Override
    public long send(final long address, final int bytes) {
        if (sendErrno != 0) {
            return -sendErrno;
        }
        requests.add((int) EVERYWHERE.get(ValueLayout.JAVA_SHORT_UNALIGNED, address + 4));
        sequence = EVERYWHERE.get(ValueLayout.JAVA_INT_UNALIGNED, address + 8);
        queue.clear();
        queue.addAll(answers.isEmpty() ? List.of(done()) : answers.poll());
        return bytes;
    }

    @Override
    public long receive(final long address, final int capacity) {
        final Object step = queue.isEmpty() ? (Object) Errno.EAGAIN : queue.poll();
        if (step instanceof final Integer errno) {
            return -errno;
        }
        final byte[] datagram = (byte[]) step;
        final ByteBuffer view = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        for (int at = 0; at + 16 <= datagram.length && view.getInt(at) >= 16; at += view.getInt(at) + 3 & ~3) {
            if (view.getInt(at + 8) == 0) {
                view.putInt(at + 8, sequence);
            }
        }
        MemorySegment.copy(MemorySegment.ofArray(datagram), 0, EVERYWHERE, address, datagram.length);
        return datagram.length;
    }

    static byte[] datagram(final byte[]... messages) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] message : messages) {
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    static byte[] message(final int type, final int flags, final byte[]... parts) {
        final byte[] body = datagram(parts);
        return ByteBuffer.allocate(16 + body.length)
                .order(ByteOrder.nativeOrder())
                .putInt(16 + body.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0)
                .put(body)
                .array();
    }

    static byte[] done() {
        return message(DeviceDump.NLMSG_DONE, 0, number(0));
    }

    static byte[] error(final int errno) {
        return message(DeviceDump.NLMSG_ERROR, 0, number(-errno));
    }

    static byte[] link(final int flags, final int index, final String name, final int mtu) {
        return link(flags, index, name, mtu, DeviceDump.IFF_UP | DeviceDump.IFF_LOWER_UP);
    }

    /** @param state of the device, its ifi_flags */
    static byte[] link(final int flags, final int index, final String name, final int mtu, final int state) {
        final byte[] header = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putInt(0)
                .putInt(index)
                .putInt(state)
                .putInt(0)
                .array();
        final byte[] text = (name + "\0").getBytes(StandardCharsets.UTF_8);
        return message(
                DeviceDump.RTM_NEWLINK,
                flags,
                header,
                attribute(DeviceDump.IFLA_IFNAME, text),
                attribute(DeviceDump.IFLA_MTU, number(mtu)),
                attribute(DeviceDump.IFLA_ADDRESS, new byte[] {2, 0, 0, 0, 0, (byte) index}));
    }

    static byte[] address(final int index, final int prefix, final int a, final int b, final int c, final int d) {
        final byte[] header = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .put((byte) DeviceDump.AF_INET)
                .put((byte) prefix)
                .putShort((short) 0)
                .putInt(index)
                .array();
        final byte[] octets = {(byte) a, (byte) b, (byte) c, (byte) d};
        return message(DeviceDump.RTM_NEWADDR, 0, header, attribute(DeviceDump.IFA_LOCAL, octets));
    }

    static byte[] forwarding(final int index, final int value) {
        return message(
                DeviceDump.RTM_NEWNETCONF,
                0,
                new byte[] {DeviceDump.AF_INET, 0, 0, 0},
                attribute(DeviceDump.NETCONFA_IFINDEX, number(index)),
                attribute(DeviceDump.NETCONFA_FORWARDING, number(value)));
    }

    private static byte[] attribute(final int type, final byte[] value) {
        return ByteBuffer.allocate(4 + value.length + 3 & ~3)
                .order(ByteOrder.nativeOrder())
                .putShort((short) (4 + value.length))
                .putShort((short) type)
                .put(value)
                .array();
    }

    static byte[] number(final int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
