package org.portolan.dataplane.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.nat.MappingView;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatCounts;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.worker.Worker;

/** The router under test: a whole worker on ports in memory, with the time of the trace, and control played by it. */
final class TraceRouter implements AutoCloseable {
    private static final int COUNTERS = 512;
    private static final int RING_BYTES = 1 << 16;

    final List<TracePort> ports = new ArrayList<>();
    final WorkerCounters counters;
    final Worker worker;
    final Nat nat;
    final MappingView mappings;
    private final PolicyKeeper keeper;
    private final List<NeighborTable> neighbors = new ArrayList<>();
    private final List<NeighborUse> uses = new ArrayList<>();
    private final OneToOneRingBuffer punt = ring();
    private final OneToOneRingBuffer event = ring();
    private long nowNs;

    TraceRouter(
            final List<SpecPort> specs,
            final SpecSizes sizes,
            final SpecSettings settings,
            final SpecTerms first,
            final long seed) {
        final CountersManager manager = new CountersManager(
                new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersReader.METADATA_LENGTH)),
                new UnsafeBuffer(ByteBuffer.allocateDirect(COUNTERS * CountersReader.COUNTER_LENGTH)));
        counters = new WorkerCounters(manager, 0);
        final Port[] all = specs.stream().map(spec -> port(spec, manager)).toArray(Port[]::new);
        final PolicyTerms terms = first.forDataplane();
        final NatConfig room = NatConfig.roomFor(
                        NatSecrets.from(new Random(seed)), sizes.sessions(), sizes.mappings(), terms)
                .checking(WindowCheck.OFF);
        keeper = new PolicyKeeper(room, terms);
        nat = new Nat(keeper);
        mappings = new MappingView(nat);
        worker = new Worker(
                "trace",
                -1,
                () -> nowNs,
                all,
                nat,
                new Answers(settings.noResourcesCode(), settings.resetsUnmatchedTcp(), seed),
                counters,
                new Worker.WorkerRings(ring(), ring(), punt, event));
    }

    private Port port(final SpecPort spec, final CountersManager manager) {
        final TracePort io = new TracePort();
        final NeighborTable table = new NeighborTable(spec.address, spec.prefixLength, 64);
        final NeighborUse use = new NeighborUse(table.slots());
        ports.add(io);
        neighbors.add(table);
        uses.add(use);
        final String name = "port" + spec.index;
        return new Port(
                spec.index,
                name,
                spec.isOutside,
                0,
                spec.address,
                spec.prefixLength,
                table,
                use,
                new PortCounters(manager, 0, name),
                io,
                spec.mac,
                spec.mtu);
    }

    private static OneToOneRingBuffer ring() {
        return new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    /** It is this late now. Rests that are over end, as they do within a few idle cycles, which a trace does not run. */
    void time(final long now) {
        final int nowS = (int) (now / 1_000_000_000L);
        final boolean isNewSecond = nowS != (int) (nowNs / 1_000_000_000L);
        nowNs = now;
        if (isNewSecond) {
            endRests(nowS);
        }
    }

    /** Each call looks at one queue of one address: until a whole round finds nothing. */
    private void endRests(final int nowS) {
        final int round = 6 * nat.policy().addresses().numbers();
        int idle = nat.counts().portsResting() == 0 ? round : 0;
        while (idle < round) {
            idle = nat.releaseRested(nowS) ? 0 : idle + 1;
        }
    }

    /** One duty cycle, or more while frames wait in front of a port. */
    void run() {
        do {
            worker.doWork();
        } while (ports.stream().anyMatch(port -> !port.isEmpty()));
        punt.read((type, buffer, at, length) -> {});
        event.read((type, buffer, at, length) -> {});
    }

    void neighbor(final int port, final int address, final Long mac) {
        if (mac == null) {
            neighbors.get(port).clear(address);
        } else if (mac == SpecPort.FAILED) {
            neighbors.get(port).publish(address, 0, NeighborState.FAILED);
        } else {
            neighbors.get(port).publish(address, mac, NeighborState.REACHABLE);
        }
    }

    void link(final SpecPort port) {
        worker.onLink(port.index, port.isUp, port.mtu, port.mac);
    }

    /** Offers a policy, sweeps all sessions, and leaves out the outside addresses that nobody uses any more. */
    void adopt(final SpecTerms terms) {
        keeper.offer(terms.forDataplane());
        run();
        while (nat.drain() > 0) {
            Thread.onSpinWait();
        }
        endRests(nowS());
        sweep();
        while (nat.policy().addresses().draining() > 0) {
            keeper.retireDrained();
            run();
        }
        if (!keeper.isAdopted()) {
            throw new SpecMismatch("the policy was not adopted");
        }
    }

    private void sweep() {
        final SessionReader reader = nat.reader();
        final int epoch = nat.policy().epoch();
        for (int session = 0; session < reader.capacity(); session++) {
            while (reader.lastSeenWord(session) != 0 && nat.recheck(session, epoch, nowS()) > 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int nowS() {
        return (int) (nowNs / 1_000_000_000L);
    }

    NatCounts counts() {
        return nat.counts();
    }

    @Override
    public void close() {
        worker.close();
        neighbors.forEach(NeighborTable::close);
        uses.forEach(NeighborUse::close);
    }
}
