package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;

/** Sees all that the router sends to its gateway, and looks for addresses that are nobody's business outside. */
final class OutsideWatch implements AutoCloseable {
    private static final int SETTLE_MS = 300;

    private final RawSocket wire;

    OutsideWatch(final Lab lab) {
        wire = RawSocket.open(lab.server().namespace(), Host.DEVICE);
    }

    /**
     * No packet so far carries the address: neither in its header, nor in a packet that an ICMP error quotes, nor
     * anywhere else. At least one packet was seen.
     */
    void assertNeverSaw(final String address) {
        final byte[] octets = Host.at(address, 0).getAddress().getAddress();
        final int[] packets = new int[1];
        wire.await(
                frame -> {
                    if (frame.etherType() == RawFrame.IPV4) {
                        packets[0]++;
                        assertThat(holds(frame.bytes(), octets))
                                .as("%s in %s", address, frame)
                                .isFalse();
                    }
                    return false;
                },
                SETTLE_MS);
        assertThat(packets[0]).as("packets that left").isPositive();
    }

    private static boolean holds(final byte[] bytes, final byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            int same = 0;
            while (same < wanted.length && bytes[at + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        wire.close();
    }
}
