package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.FirstTierJvm;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Udp;

/** What a worker calls for each packet on its way from a route to a MAC leaves the heap alone. */
class HotPathAllocationTest {
    private static final int PACKETS = 5_000;
    private static final int GATEWAY = 0xCB007101;
    private static final int ABSENT = 0xCB007109;

    private final RouteTable routes =
            RouteTable.builder().add(0, 0, 1, GATEWAY).add(0xC0A80100, 24, 0, 0).build();
    private final HostRateLimit limit = new HostRateLimit(100, 10, 1_000, 10, 7);
    private final Packet packet = new Packet();
    private final Frame frame = new Frame();
    private long sent;

    @Test
    void shouldAllocateNothing() throws IOException, InterruptedException {
        FirstTierJvm.assertAllocatesNothing(HotPathAllocationTest.class);
    }

    /** In a JVM of its own. */
    public static void main(final String[] arguments) {
        new HotPathAllocationTest().printAllocated();
    }

    private void printAllocated() {
        try (Slab slab = Slab.allocate(8192, "test");
                NeighborTable table = new NeighborTable(0xCB007100, 24, 16);
                NeighborUse use = new NeighborUse(table.slots());
                FramePool pool = new FramePool(16, 2048)) {
            final PendingFrames pending = new PendingFrames(pool, 16, 4, 42);
            table.publish(GATEWAY, 0x0200_0000_0009L, NeighborState.REACHABLE);
            Ipv4.putHeader(slab.address(), 100, 1, false, 9, Ipv4.UDP, 0xC0A80114, 0x08080808);
            Udp.putHeader(slab.address() + 20, 1000, 53, 80, 0);
            assertThat(packet.parse(slab.address(), 100)).isZero();
            FirstTierJvm.print(() -> forward(slab.address(), table, use, pool, pending));
            assertThat(sent).isPositive();
        }
    }

    private void forward(
            final long ip,
            final NeighborTable table,
            final NeighborUse use,
            final FramePool pool,
            final PendingFrames pending) {
        for (int i = 0; i < PACKETS; i++) {
            final int route = routes.lookup(0x08000000 + i);
            final int hop = i % 3 == 0 ? ABSENT : routes.gateway(route);
            final int slot = table.slot(hop);
            if (NeighborTable.isUsable(table.word(slot, hop))) {
                use.markUsed(slot, i / 100);
                sent++;
            } else if (pending.hold(routes.port(route), hop, ip, 100, 0, i) == 0) {
                sent += pending.mustAsk(1, hop, i) ? 1 : 0;
            }
            if (limit.allow(i % 50, i * 1_000L)) {
                sent += IcmpReplies.build(ip + 4096, packet, Icmp.TIME_EXCEEDED, 0, 0, 0xC0A80101, i);
                TcpReset.build(ip + 4096, packet, i);
            }
            sent += table.lookup(0x0A000001 + i);
            if (i % 10 == 0) {
                walk(pool, pending, i);
            }
        }
    }

    private void walk(final FramePool pool, final PendingFrames pending, final long nowNs) {
        for (int i = pending.next(-1), following; i >= 0; i = following) {
            following = pending.next(i);
            sent += pending.mustAsk(i, nowNs) ? 1 : 0;
            pending.resume(i, frame);
            sent += frame.length() + pending.replaced();
            pool.release(frame.slot());
        }
    }
}
