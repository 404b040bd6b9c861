package org.portolan.bench.micro;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.system.BootClock;
import org.portolan.dataplane.worker.Worker;

/**
 * The production worker with everything around it but devices and control: a port inside (192.168.1.0/24, with {@link
 * NumberedFlows}' network routed behind a next hop) and one outside (203.0.113.0/24, with a gateway), both next hops
 * known. The calling thread is the worker's.
 */
final class InMemoryRouter implements AutoCloseable {
    private static final int RING_BYTES = 1 << 18;
    private static final int COUNTERS = 512;
    private static final int MTU = 1500;

    private static final int LAN = 0xC0A8_0101;
    private static final int LAN_NETWORK = 0xC0A8_0100;
    private static final int LAN_NEXT_HOP = 0xC0A8_0102;
    private static final int WAN = 0xCB00_7102;
    private static final int WAN_NETWORK = 0xCB00_7100;
    private static final int WAN_GATEWAY = 0xCB00_7101;
    private static final int HOSTS_NETWORK = 0x0A00_0000;

    private final List<AutoCloseable> owned = new ArrayList<>();
    private final WorkerCounters counters;
    private final Worker worker;

    /** Takes the drivers and the table over: they are closed with it. */
    InMemoryRouter(final MemoryIo lan, final MemoryIo wan, final Nat nat) {
        final CountersManager manager = new CountersManager(
                buffer(COUNTERS * CountersReader.METADATA_LENGTH), buffer(COUNTERS * CountersReader.COUNTER_LENGTH));
        counters = new WorkerCounters(manager, 0);
        final Port[] ports = {
            port(manager, 0, "lan", LAN, LAN_NETWORK, LAN_NEXT_HOP, lan, NumberedFlows.LAN_MAC),
            port(manager, 1, "wan", WAN, WAN_NETWORK, WAN_GATEWAY, wan, NumberedFlows.WAN_MAC)
        };
        final Worker.WorkerRings rings = new Worker.WorkerRings(ring(), ring(), ring(), ring());
        worker = own(new Worker("benchmark", -1, new BootClock(), ports, nat, Answers.usual(42), counters, rings));
    }

    /** What the policy of its table says of the ways. */
    static RouteTable routes() {
        return RouteTable.builder()
                .add(LAN_NETWORK, 24, 0, 0)
                .add(WAN_NETWORK, 24, 1, 0)
                .add(HOSTS_NETWORK, 8, 0, LAN_NEXT_HOP)
                .add(0, 0, 1, WAN_GATEWAY)
                .build();
    }

    private Port port(
            final CountersManager manager,
            final int index,
            final String name,
            final int address,
            final int network,
            final int nextHop,
            final MemoryIo io,
            final long mac) {
        final NeighborTable neighbors = own(new NeighborTable(network, 24, 64));
        neighbors.publish(nextHop, NumberedFlows.NEIGHBOR_MAC, NeighborState.REACHABLE);
        final NeighborUse use = own(new NeighborUse(neighbors.slots()));
        final PortCounters portCounters = new PortCounters(manager, 0, name);
        return new Port(index, name, index == 1, 0, address, 24, neighbors, use, portCounters, io, mac, MTU);
    }

    private OneToOneRingBuffer ring() {
        return new OneToOneRingBuffer(buffer(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH));
    }

    private UnsafeBuffer buffer(final int bytes) {
        return new UnsafeBuffer(
                own(Slab.allocate(bytes, "a benchmark's shared words")).address(), bytes);
    }

    private <T extends AutoCloseable> T own(final T resource) {
        owned.add(resource);
        return resource;
    }

    /** One duty cycle; frames and messages worked on. */
    int doWork() {
        return worker.doWork();
    }

    WorkerCounters counters() {
        return counters;
    }

    Nat nat() {
        return worker.nat();
    }

    @Override
    public void close() {
        for (final AutoCloseable resource : owned.reversed()) {
            try {
                resource.close();
            } catch (final Exception e) {
                throw new IllegalStateException("closing " + resource, e);
            }
        }
    }
}
