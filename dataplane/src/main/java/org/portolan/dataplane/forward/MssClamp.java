package org.portolan.dataplane.forward;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Lowers the MSS option of a SYN or SYN-ACK to what both links carry, so that TCP works where an ICMP "fragmentation
 * needed" is lost on the way (RFC 4459 section 3.2). Never raises it, never adds one. Where there are several, each is
 * lowered: which one counts is the receiver's choice, and Linux takes the last (tcp_parse_options in
 * net/ipv4/tcp_input.c).
 */
final class MssClamp {
    private static final int VALUE_BYTES = 2;

    private MssClamp() {}

    /**
     * @param tcp address of a checked header with SYN set
     * @param mtu the smaller of the two links', bytes
     * @param partialChecksum whether the checksum field holds only the pseudo header's sum, which has no part of the
     *     options
     */
    static void clamp(final long tcp, final int mtu, final boolean partialChecksum) {
        final int most = mtu - Ipv4.HEADER_BYTES - Tcp.HEADER_BYTES;
        if (most <= 0) {
            return;
        }
        for (int offset = Tcp.mssOffset(tcp); offset != 0; offset = Tcp.mssOffset(tcp, offset + VALUE_BYTES)) {
            lower(tcp, offset, most, partialChecksum);
        }
    }

    private static void lower(final long tcp, final int offset, final int most, final boolean partialChecksum) {
        final int was = Memory.u16(tcp + offset);
        if (was <= most) {
            return;
        }
        Memory.putU16(tcp + offset, most);
        if (!partialChecksum) {
            // A value at an odd offset lies across two checksum words: its bytes count swapped (RFC 1071 section 2(B)).
            final boolean odd = (offset & 1) != 0;
            final int delta =
                    odd ? InternetChecksum.delta16(swap(was), swap(most)) : InternetChecksum.delta16(was, most);
            Tcp.putChecksum(tcp, InternetChecksum.update(Tcp.checksum(tcp), delta));
        }
    }

    private static int swap(final int value) {
        return (value & 0xFF) << 8 | value >>> 8;
    }
}
