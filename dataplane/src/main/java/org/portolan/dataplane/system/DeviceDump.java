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
 * Asks rtnetlink for the devices of a network namespace: their links, IPv4 addresses and IPv4 forwarding, three dumps
 * that make one list (rtnetlink(7); include/uapi/linux/rtnetlink.h, netconf.h).
 *
 * <p>The list is whole or there is none. A device that is missing from a cut-off list would be taken for one that was
 * deleted, so an error, a malformed message or a dump that never ends is a {@link LibcException}. A dump that the
 * kernel marks as interrupted by a change (NLM_F_DUMP_INTR) is made again, {@value #ATTEMPTS} times at most.
 */
final class DeviceDump {
    static final int ATTEMPTS = 5;

    static final int RTM_NEWLINK = 16;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWNETCONF = 80;
    static final int RTM_GETNETCONF = 82;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLMSG_HEADER_BYTES = 16;
    static final int IFINFO_BYTES = 16;
    static final int IFADDR_BYTES = 8;
    /** struct netconfmsg is one byte, aligned to four. */
    static final int NETCONF_BYTES = 4;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFA_LOCAL = 2;
    static final int NETCONFA_IFINDEX = 1;
    static final int NETCONFA_FORWARDING = 2;
    static final int IFF_UP = 0x1;
    /** Carrier, now; IFF_RUNNING follows it up to a second later (net/core/link_watch.c). */
    static final int IFF_LOWER_UP = 0x10000;

    static final int AF_INET = 2;

    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_DUMP = 0x300;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MOST_DATAGRAMS = 4096;

    private final RouteSocket socket;
    private final MemorySegment buffer;
    private final Map<Integer, Link> links = new LinkedHashMap<>();
    private int sequence;
    private boolean interrupted;

    private DeviceDump(final RouteSocket socket, final MemorySegment buffer) {
        this.socket = socket;
        this.buffer = buffer;
    }

    /**
     * Every device, in the kernel's order.
     *
     * @throws LibcException with the kernel's errno; EPROTO for an answer that is not a dump, EBUSY when the devices
     *     changed during every attempt
     */
    static List<NetworkDevice> devices(final RouteSocket socket) {
        try (Arena arena = Arena.ofConfined()) {
            final DeviceDump dump = new DeviceDump(socket, arena.allocate(BUFFER_BYTES, 8));
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                dump.all();
                if (!dump.interrupted) {
                    return dump.links.values().stream().map(Link::device).toList();
                }
            }
        }
        throw new LibcException(
                "rtnetlink dump of the devices", Errno.EBUSY, "The devices changed during each try. Try again");
    }

    private static final class Link {
        int index;
        String name = "";
        long mac;
        int mtu;
        int flags;
        boolean forwards;
        final List<String> addresses = new ArrayList<>();

        NetworkDevice device() {
            final boolean up = (flags & IFF_UP) != 0 && (flags & IFF_LOWER_UP) != 0;
            return new NetworkDevice(index, name, mac, mtu, up, forwards, addresses);
        }
    }

    private void all() {
        links.clear();
        interrupted = false;
        dump(RTM_GETLINK, IFINFO_BYTES, 0, "links");
        dump(RTM_GETADDR, IFADDR_BYTES, AF_INET, "addresses");
        dump(RTM_GETNETCONF, NETCONF_BYTES, AF_INET, "IPv4 settings");
    }

    private void dump(final int request, final int bodyBytes, final int family, final String what) {
        final String call = "rtnetlink dump of the " + what;
        final int bytes = NLMSG_HEADER_BYTES + bodyBytes;
        buffer.asSlice(0, bytes).fill((byte) 0);
        buffer.set(JAVA_INT_UNALIGNED, 0, bytes);
        buffer.set(JAVA_SHORT_UNALIGNED, 4, (short) request);
        buffer.set(JAVA_SHORT_UNALIGNED, 6, (short) (NLM_F_REQUEST | NLM_F_DUMP));
        buffer.set(JAVA_INT_UNALIGNED, 8, ++sequence);
        buffer.set(JAVA_BYTE, NLMSG_HEADER_BYTES, (byte) family);
        final long sent = socket.send(buffer.address(), bytes);
        if (sent < 0) {
            throw new LibcException(call, (int) -sent, "");
        }
        for (int i = 0; i < MOST_DATAGRAMS; i++) {
            final long got = socket.receive(buffer.address(), BUFFER_BYTES);
            if (got == -Errno.EINTR) {
                continue;
            }
            if (got < 0) {
                throw new LibcException(call, (int) -got, "");
            }
            if (!messages((int) got, call)) {
                return;
            }
        }
        throw new LibcException(call, Errno.EPROTO, "The kernel's answer did not end");
    }

    /** False when the dump has ended. */
    private boolean messages(final int bytes, final String call) {
        int at = 0;
        while (at < bytes) {
            final int length = bytes - at < NLMSG_HEADER_BYTES ? 0 : buffer.get(JAVA_INT_UNALIGNED, at);
            if (length < NLMSG_HEADER_BYTES || length > bytes - at) {
                throw new LibcException(call, Errno.EPROTO, "A message of it is malformed");
            }
            // An answer to an earlier request of this socket: of an attempt that was given up.
            if (buffer.get(JAVA_INT_UNALIGNED, at + 8) == sequence && !message(at, length, call)) {
                return false;
            }
            at += (length + 3) & ~3;
        }
        if (bytes == 0) {
            throw new LibcException(call, Errno.EPROTO, "The socket was shut");
        }
        return true;
    }

    /** False for the message that ends the dump. */
    private boolean message(final int at, final int length, final String call) {
        interrupted |= (buffer.get(JAVA_SHORT_UNALIGNED, at + 6) & NLM_F_DUMP_INTR) != 0;
        final int body = at + NLMSG_HEADER_BYTES;
        final int bodyBytes = length - NLMSG_HEADER_BYTES;
        switch (buffer.get(JAVA_SHORT_UNALIGNED, at + 4) & 0xFFFF) {
            case NLMSG_DONE, NLMSG_ERROR -> {
                final int error = bodyBytes < 4 ? 0 : buffer.get(JAVA_INT_UNALIGNED, body);
                if (error < 0) {
                    throw new LibcException(call, -error, "");
                }
                return false;
            }
            case RTM_NEWLINK -> link(body, bodyBytes);
            case RTM_NEWADDR -> address(body, bodyBytes);
            case RTM_NEWNETCONF -> settings(body, bodyBytes);
            default -> {}
        }
        return true;
    }

    private void link(final int at, final int length) {
        if (length < IFINFO_BYTES) {
            return;
        }
        final Link link = new Link();
        link.index = buffer.get(JAVA_INT_UNALIGNED, at + 4);
        link.flags = buffer.get(JAVA_INT_UNALIGNED, at + 8);
        attributes(at + IFINFO_BYTES, at + length, (attribute, value, bytes) -> {
            switch (attribute) {
                case IFLA_IFNAME -> link.name = text(value, bytes);
                case IFLA_MTU -> link.mtu = bytes == 4 ? buffer.get(JAVA_INT_UNALIGNED, value) : 0;
                case IFLA_ADDRESS -> link.mac = bytes == 6 ? mac(value) : 0;
                default -> {}
            }
        });
        links.put(link.index, link);
    }

    private void address(final int at, final int length) {
        if (length < IFADDR_BYTES) {
            return;
        }
        final int prefix = octet(at + 1);
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

    private void settings(final int at, final int length) {
        if (length < NETCONF_BYTES) {
            return;
        }
        final int[] found = new int[2];
        attributes(at + NETCONF_BYTES, at + length, (attribute, value, bytes) -> {
            if (bytes == 4 && attribute == NETCONFA_IFINDEX) {
                found[0] = buffer.get(JAVA_INT_UNALIGNED, value);
            } else if (bytes == 4 && attribute == NETCONFA_FORWARDING) {
                found[1] = buffer.get(JAVA_INT_UNALIGNED, value);
            }
        });
        final Link link = links.get(found[0]);
        if (link != null) {
            link.forwards = found[1] != 0;
        }
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
}
