package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Keeps the kernel's own stack off the router's devices: an nftables chain at each device's ingress with policy drop.
 * Packet sockets see a frame before that hook (net/core/dev.c, __netif_receive_skb_core), so the router still gets
 * every frame, and the kernel neither spends time on it nor answers, routes or forwards it.
 *
 * <p>The table belongs to this netlink socket (NFT_TABLE_F_OWNER): it is gone with it, however the process ends.
 * Speaks nfnetlink itself (include/uapi/linux/netfilter/nf_tables.h), so nft(8) need not be installed. Needs
 * CAP_NET_ADMIN. Control's; not for workers.
 */
public final class IngressDrop implements AutoCloseable {
    private static final int NETLINK_NETFILTER = 12;
    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NFNL_MSG_BATCH_BEGIN = 0x10;
    private static final int NFNL_MSG_BATCH_END = 0x11;
    private static final int NFT_MSG_NEWTABLE = 0;
    private static final int NFT_MSG_NEWCHAIN = 3;
    private static final int NFPROTO_NETDEV = 5;
    private static final int NLMSG_ERROR = 2;
    private static final int NLM_F_REQUEST = 0x1;
    private static final int NLM_F_ACK = 0x4;
    private static final int NLM_F_CREATE = 0x400;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int NFTA_TABLE_NAME = 1;
    private static final int NFTA_TABLE_FLAGS = 2;
    private static final int NFT_TABLE_F_OWNER = 2;
    private static final int NFTA_CHAIN_TABLE = 1;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_POLICY = 5;
    private static final int NFTA_CHAIN_TYPE = 7;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_HOOK_PRIORITY = 2;
    private static final int NFTA_HOOK_DEV = 3;
    private static final int NF_NETDEV_INGRESS = 0;
    private static final int NF_DROP = 0;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;

    private final int fd;
    private final Arena arena;
    private final MemorySegment buffer;
    private final String table;
    private int at;
    private int messageStart;
    private int sequence;
    private boolean tableMade;

    /**
     * Opens the socket that will own the table.
     *
     * @param table name, unlike any other in the network namespace
     */
    public IngressDrop(final String table) {
        this.table = table;
        fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_NETFILTER);
        arena = Arena.ofShared();
        buffer = arena.allocate(BUFFER_BYTES, 8);
        final MemorySegment timeout = arena.allocate(16, 8);
        timeout.set(JAVA_INT_UNALIGNED, 0, 1);
        try {
            Libc.setSocketOption(fd, SOL_SOCKET, SO_RCVTIMEO, timeout.address(), 16, "SO_RCVTIMEO on nfnetlink");
        } catch (final LibcException e) {
            close();
            throw e;
        }
    }

    /**
     * Drops what arrives on a device, after packet sockets have seen it. Asked again for a device that was made again:
     * from Linux 6.16 on its chain was kept, before that it went with the old device; either is mended here.
     *
     * @throws LibcException EPERM without CAP_NET_ADMIN; EOPNOTSUPP or ENOENT where the kernel has no nf_tables for
     *     devices
     */
    public void drop(final String device) {
        at = 0;
        batch(NFNL_MSG_BATCH_BEGIN);
        if (!tableMade) {
            begin(
                    NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE,
                    NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE,
                    NFPROTO_NETDEV,
                    0);
            text(NFTA_TABLE_NAME, table);
            number(NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER);
            end();
        }
        begin(
                NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN,
                NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE,
                NFPROTO_NETDEV,
                0);
        text(NFTA_CHAIN_TABLE, table);
        text(NFTA_CHAIN_NAME, "ingress_" + device);
        final int hook = at;
        at += 4;
        number(NFTA_HOOK_HOOKNUM, NF_NETDEV_INGRESS);
        number(NFTA_HOOK_PRIORITY, 0);
        text(NFTA_HOOK_DEV, device);
        attribute(hook, NFTA_CHAIN_HOOK | NLA_F_NESTED, at - hook);
        number(NFTA_CHAIN_POLICY, NF_DROP);
        text(NFTA_CHAIN_TYPE, "filter");
        end();
        batch(NFNL_MSG_BATCH_END);
        exchange(device, tableMade ? 1 : 2);
        tableMade = true;
    }

    private void batch(final int type) {
        begin(type, NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES);
        end();
    }

    /** struct nlmsghdr and struct nfgenmsg; the resource id is in network order. */
    private void begin(final int type, final int flags, final int family, final int resource) {
        messageStart = at;
        buffer.set(JAVA_SHORT_UNALIGNED, at + 4, (short) type);
        buffer.set(JAVA_SHORT_UNALIGNED, at + 6, (short) flags);
        buffer.set(JAVA_INT_UNALIGNED, at + 8, ++sequence);
        buffer.set(JAVA_INT_UNALIGNED, at + 12, 0);
        buffer.set(JAVA_BYTE, at + 16, (byte) family);
        buffer.set(JAVA_BYTE, at + 17, (byte) 0);
        buffer.set(JAVA_SHORT_UNALIGNED, at + 18, Short.reverseBytes((short) resource));
        at += 20;
    }

    private void end() {
        buffer.set(JAVA_INT_UNALIGNED, messageStart, at - messageStart);
    }

    private void attribute(final int start, final int type, final int length) {
        buffer.set(JAVA_SHORT_UNALIGNED, start, (short) length);
        buffer.set(JAVA_SHORT_UNALIGNED, start + 2, (short) type);
        for (at = start + length; (at & 3) != 0; at++) {
            buffer.set(JAVA_BYTE, at, (byte) 0);
        }
    }

    private void text(final int type, final String value) {
        final byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, at + 4, bytes.length);
        buffer.set(JAVA_BYTE, at + 4 + bytes.length, (byte) 0);
        attribute(at, type, 4 + bytes.length + 1);
    }

    /** nf_tables has its numbers in network order. */
    private void number(final int type, final int value) {
        buffer.set(JAVA_INT_UNALIGNED, at + 4, Integer.reverseBytes(value));
        attribute(at, type, 8);
    }

    /** Sends the batch and reads one acknowledgment for each message that asked for one; the first error ends it. */
    private void exchange(final String device, final int acknowledgments) {
        final long sent = Libc.send(fd, buffer.address(), at, 0);
        if (sent < 0) {
            throw failure(device, (int) -sent);
        }
        for (int seen = 0; seen < acknowledgments; ) {
            final long bytes = Libc.recv(fd, buffer.address(), BUFFER_BYTES, 0);
            if (bytes < 0) {
                throw failure(device, (int) -bytes);
            }
            for (int message = 0; message + 20 <= bytes; ) {
                final int length = buffer.get(JAVA_INT_UNALIGNED, message);
                if (length < 16) {
                    break;
                }
                if (buffer.get(JAVA_SHORT_UNALIGNED, message + 4) == NLMSG_ERROR) {
                    final int error = buffer.get(JAVA_INT_UNALIGNED, message + 16);
                    if (error != 0) {
                        throw failure(device, -error);
                    }
                    seen++;
                }
                message += (length + 3) & ~3;
            }
        }
    }

    private static LibcException failure(final String device, final int errno) {
        return new LibcException(
                "nf_tables(drop at the ingress of %s)".formatted(device),
                errno,
                errno == Errno.EPERM ? "It needs CAP_NET_ADMIN" : "");
    }

    /** Closes the socket; the kernel takes its table away. */
    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
