package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An rtnetlink socket (rtnetlink(7)): the devices there are, and whether one has changed. Control's; not for workers.
 */
public final class Netlink implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int RTMGRP_LINK = 0x1;
    private static final int RTMGRP_IPV4_IFADDR = 0x10;
    /** RTNLGRP_IPV4_NETCONF is group 24: forwarding was switched. */
    private static final int RTMGRP_IPV4_NETCONF = 1 << 23;

    private static final int SOCKADDR_NL_BYTES = 12;
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int MOST_MESSAGES = 4096;

    private final int fd;
    private final Arena arena;
    private final MemorySegment buffer;

    private Netlink(final int groups, final int flags) {
        // First: where there is no descriptor left, nothing is to be given back.
        fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | flags, NETLINK_ROUTE);
        arena = Arena.ofShared();
        buffer = arena.allocate(BUFFER_BYTES, 8);
        buffer.set(JAVA_SHORT_UNALIGNED, 0, (short) Libc.AF_NETLINK);
        buffer.set(JAVA_INT_UNALIGNED, 8, groups);
        try {
            Libc.bind(fd, buffer.address(), SOCKADDR_NL_BYTES, "rtnetlink");
        } catch (final LibcException e) {
            close();
            throw e;
        }
    }

    /**
     * A socket that hears of link, IPv4 address and IPv4 forwarding changes in the calling thread's network namespace;
     * ask {@link #changed}.
     */
    public static Netlink monitor() {
        return new Netlink(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_NETCONF, Libc.SOCK_NONBLOCK);
    }

    /**
     * Whether anything changed since the last call, without waiting. What changed is read by {@link #devices}, so a
     * lost message (ENOBUFS) costs nothing.
     */
    public boolean changed() {
        boolean any = false;
        for (int i = 0; i < MOST_MESSAGES; i++) {
            final long bytes = Libc.recv(fd, buffer.address(), BUFFER_BYTES, Libc.MSG_DONTWAIT);
            if (bytes <= 0 && bytes != -Errno.ENOBUFS) {
                break;
            }
            any = true;
        }
        return any;
    }

    /**
     * Every device of the calling thread's network namespace, in the kernel's order: the whole list, or an exception.
     *
     * @throws LibcException when the kernel answers with an error or the devices never stop changing
     */
    public static List<NetworkDevice> devices() {
        try (Netlink netlink = new Netlink(0, 0)) {
            return DeviceDump.devices(netlink.socket());
        }
    }

    private RouteSocket socket() {
        return new RouteSocket() {
            @Override
            public long send(final long address, final int bytes) {
                return Libc.send(fd, address, bytes, 0);
            }

            @Override
            public long receive(final long address, final int capacity) {
                return Libc.recv(fd, address, capacity, 0);
            }
        };
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
