package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * rtnetlink (rtnetlink(7), include/uapi/linux/rtnetlink.h): the devices there are, and a socket that tells when one
 * changes.
 * Control's; not for workers.
 */
public final class Netlink implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int RTMGRP_LINK = 0x1;
    private static final int RTMGRP_IPV4_IFADDR = 0x10;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLMSG_HEADER_BYTES = 16;
    private static final int IFINFO_BYTES = 16;
    private static final int IFADDR_BYTES = 8;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFA_LOCAL = 2;
    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;
    private static final int AF_INET = 2;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MOST_MESSAGES = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final int fd;

    private Netlink(final int groups, final int flags) {
        fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | flags, NETLINK_ROUTE);
        final MemorySegment address = arena.allocate(12, 4);
        address.set(JAVA_SHORT_UNALIGNED, 0, (short) Libc.AF_NETLINK);
        address.set(JAVA_INT_UNALIGNED, 8, groups);
        Libc.bind(fd, address.address(), 12, "rtnetlink");
    }

    /**
     * A socket that hears of link and IPv4 address changes in the calling thread's network namespace; ask {@link
     * #changed}.
     */
    public static Netlink monitor() {
        return new Netlink(RTMGRP_LINK | RTMGRP_IPV4_IFADDR, Libc.SOCK_NONBLOCK);
    }

    /**
     * Whether anything changed since the last call, without waiting. What changed is read by {@link #devices}: a lost
     * message
     * (ENOBUFS) then costs nothing.
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

    /** Every device of the calling thread's network namespace, by the kernel's order. */
    public static List<NetworkDevice> devices() {
        final Map<Integer, Link> links = new LinkedHashMap<>();
        try (Netlink netlink = new Netlink(0, 0)) {
            netlink.dump(RTM_GETLINK, IFINFO_BYTES, 0, (type, at, length) -> netlink.link(type, at, length, links));
            netlink.dump(
                    RTM_GETADDR, IFADDR_BYTES, AF_INET, (type, at, length) -> netlink.address(type, at, length, links));
        }
        return links.values().stream().map(Link::device).toList();
    }

    private interface Reader {
        void message(int type, int at, int length);
    }

    private static final class Link {
        int index;
        String name = "";
        long mac;
        int mtu;
        int flags;
        final List<String> addresses = new ArrayList<>();

        NetworkDevice device() {
            final boolean up = (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) != 0;
            return new NetworkDevice(index, name, mac, mtu, up, addresses);
        }
    }

    private void dump(final int request, final int bodyBytes, final int family, final Reader reader) {
        final int bytes = NLMSG_HEADER_BYTES + bodyBytes;
        buffer.asSlice(0, bytes).fill((byte) 0);
        buffer.set(JAVA_INT_UNALIGNED, 0, bytes);
        buffer.set(JAVA_SHORT_UNALIGNED, 4, (short) request);
        buffer.set(JAVA_SHORT_UNALIGNED, 6, (short) (NLM_F_REQUEST | NLM_F_DUMP));
        buffer.set(JAVA_INT_UNALIGNED, 8, 1);
        buffer.set(JAVA_BYTE, NLMSG_HEADER_BYTES, (byte) family);
        final long sent = Libc.send(fd, buffer.address(), bytes, 0);
        if (sent < 0) {
            throw new LibcException("send(rtnetlink dump)", (int) -sent, "");
        }
        for (int i = 0; i < MOST_MESSAGES; i++) {
            final long got = Libc.recv(fd, buffer.address(), BUFFER_BYTES, 0);
            if (got < 0) {
                throw new LibcException("recv(rtnetlink dump)", (int) -got, "");
            }
            if (!messages((int) got, reader)) {
                return;
            }
        }
    }

    /** False when the dump has ended. */
    private boolean messages(final int bytes, final Reader reader) {
        int at = 0;
        while (at + NLMSG_HEADER_BYTES <= bytes) {
            final int length = buffer.get(JAVA_INT_UNALIGNED, at);
            final int type = buffer.get(JAVA_SHORT_UNALIGNED, at + 4) & 0xFFFF;
            if (type == NLMSG_DONE || type == NLMSG_ERROR || length < NLMSG_HEADER_BYTES || at + length > bytes) {
                return false;
            }
            reader.message(type, at + NLMSG_HEADER_BYTES, length - NLMSG_HEADER_BYTES);
            at += (length + 3) & ~3;
        }
        return true;
    }

    private void link(final int type, final int at, final int length, final Map<Integer, Link> links) {
        if (type != RTM_NEWLINK || length < IFINFO_BYTES) {
            return;
        }
        final Link link = new Link();
        link.index = buffer.get(JAVA_INT_UNALIGNED, at + 4);
        link.flags = buffer.get(JAVA_INT_UNALIGNED, at + 8);
        attributes(at + IFINFO_BYTES, at + length, (attribute, value, bytes) -> {
            switch (attribute) {
                case IFLA_IFNAME -> link.name = text(value, bytes);
                case IFLA_MTU -> link.mtu = buffer.get(JAVA_INT_UNALIGNED, value);
                case IFLA_ADDRESS -> link.mac = bytes == 6 ? mac(value) : 0;
                default -> {}
            }
        });
        links.put(link.index, link);
    }

    private void address(final int type, final int at, final int length, final Map<Integer, Link> links) {
        if (type != RTM_NEWADDR || length < IFADDR_BYTES) {
            return;
        }
        final int prefix = buffer.get(JAVA_BYTE, at + 1) & 0xFF;
        final Link link = links.get(buffer.get(JAVA_INT_UNALIGNED, at + 4));
        if (link == null) {
            return;
        }
        attributes(at + IFADDR_BYTES, at + length, (attribute, value, bytes) -> {
            if (attribute == IFA_LOCAL && bytes == 4) {
                link.addresses.add("%d.%d.%d.%d/%d"
                        .formatted(octet(value), octet(value + 1), octet(value + 2), octet(value + 3), prefix));
            }
        });
    }

    private interface AttributeReader {
        void attribute(int type, int at, int bytes);
    }

    private void attributes(final int from, final int end, final AttributeReader reader) {
        int at = from;
        while (at + ATTRIBUTE_HEADER_BYTES <= end) {
            final int length = buffer.get(JAVA_SHORT_UNALIGNED, at) & 0xFFFF;
            final int type = buffer.get(JAVA_SHORT_UNALIGNED, at + 2) & 0x3FFF;
            if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) {
                return;
            }
            reader.attribute(type, at + ATTRIBUTE_HEADER_BYTES, length - ATTRIBUTE_HEADER_BYTES);
            at += (length + 3) & ~3;
        }
    }

    private String text(final int at, final int bytes) {
        final byte[] name = new byte[Math.max(0, bytes - 1)];
        MemorySegment.copy(buffer, JAVA_BYTE, at, name, 0, name.length);
        return new String(name, StandardCharsets.UTF_8);
    }

    private long mac(final int at) {
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | octet(at + i);
        }
        return mac;
    }

    private int octet(final int at) {
        return buffer.get(JAVA_BYTE, at) & 0xFF;
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
