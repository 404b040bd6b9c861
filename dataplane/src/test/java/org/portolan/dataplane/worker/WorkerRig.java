package org.portolan.dataplane.worker;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Timeouts;
import org.portolan.dataplane.system.BootClock;
import org.portolan.dataplane.wire.Ipv4;

/**
 * A whole worker on drivers without devices, run by the test's own thread: an inside network (192.168.1.0/24) with
 * another one routed behind it (10.20.0.0/16), a second one (10.9.0.0/16), an outside one (203.0.113.0/24) with the way
 * to half the world, and nobody at the rings' other ends but the test.
 */
final class WorkerRig implements AutoCloseable {
    /** Known, so that a test can choose flows whose hashes are alike. */
    static final NatSecrets SECRETS = NatSecrets.from(new Random(42));

    static final long LAN_MAC = 0x0200_0000_0001L;
    static final long WAN_MAC = 0x0200_0000_0002L;
    static final long DMZ_MAC = 0x0200_0000_0003L;
    static final long HOST_MAC = 0x0200_0000_00AAL;
    static final int LAN = ip(192, 168, 1, 1);
    static final int CLIENT = ip(192, 168, 1, 10);
    static final int WAN = ip(203, 0, 113, 2);
    static final int POOL = ip(203, 0, 113, 5);
    static final int GATEWAY = ip(203, 0, 113, 1);
    static final int SERVER = ip(8, 8, 8, 8);
    static final int OTHER_SERVER = ip(9, 9, 9, 9);
    static final int DMZ = ip(10, 9, 0, 1);
    static final int DMZ_HOST = ip(10, 9, 0, 10);
    static final int ROUTED_HOST = ip(10, 20, 0, 5);
    static final int INSIDE_ROUTER = ip(192, 168, 1, 2);
    static final int EXEMPT_SERVER = ip(11, 0, 2, 1);
    static final int ABSENT_HOST = ip(10, 9, 0, 66);

    static final List<PolicyTerms.Forward> FORWARDS = List.of(
            new PolicyTerms.Forward(1, Ipv4.TCP, POOL, 8080, CLIENT, 80),
            new PolicyTerms.Forward(1, Ipv4.UDP, POOL, 5353, CLIENT, 53),
            new PolicyTerms.Forward(1, Ipv4.UDP, POOL, 5354, SERVER, 53));

    final MemoryFrameIo lan = new MemoryFrameIo();
    final MemoryFrameIo wan = new MemoryFrameIo();
    final MemoryFrameIo dmz = new MemoryFrameIo();
    final OneToOneRingBuffer punt = ring(1 << 16);
    final OneToOneRingBuffer command = ring(1 << 16);
    final OneToOneRingBuffer inject = ring(1 << 16);
    final OneToOneRingBuffer event = ring(1 << 16);
    final NeighborTable lanNeighbors = new NeighborTable(ip(192, 168, 1, 0), 24, 64);
    final NeighborTable wanNeighbors = new NeighborTable(ip(203, 0, 113, 0), 24, 64);
    final NeighborTable dmzNeighbors = new NeighborTable(ip(10, 9, 0, 0), 16, 64);
    final RouteTable routes;
    final WorkerCounters counters;
    final PolicyKeeper keeper;
    final Worker worker;
    private final List<NeighborUse> uses;
    private long laterNs;

    /** With no limit on what the outside opens but the forward's. */
    WorkerRig(final int maxSessions, final int maxMappings, final int forwardMaxSessions) {
        this(maxSessions, maxMappings, new OutsideLimits(maxSessions, forwardMaxSessions, maxSessions, 0));
    }

    WorkerRig(final int maxSessions, final int maxMappings, final int forwardMaxSessions, final Answers answers) {
        this(maxSessions, maxMappings, new OutsideLimits(maxSessions, forwardMaxSessions, maxSessions, 0), answers);
    }

    WorkerRig(final int maxSessions, final int maxMappings, final OutsideLimits limits) {
        this(maxSessions, maxMappings, limits, Answers.usual(42));
    }

    WorkerRig(final int maxSessions, final int maxMappings, final OutsideLimits limits, final Answers answers) {
        this(maxSessions, maxMappings, limits, HostLimits.NONE, answers);
    }

    WorkerRig(
            final int maxSessions,
            final int maxMappings,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Answers answers) {
        this(
                maxSessions,
                maxMappings,
                limits,
                hostLimits,
                answers,
                Behavior.DEFAULT,
                WindowCheck.COUNT,
                new BootClock());
    }

    /** With limits out of the way and another behavior of the mappings. */
    WorkerRig(final Behavior behavior) {
        this(
                2_000,
                2_000,
                new OutsideLimits(2_000, 2_000, 2_000, 0),
                HostLimits.NONE,
                Answers.usual(42),
                behavior,
                WindowCheck.COUNT,
                new BootClock());
    }

    /** @param clock of the test's own, or the machine's */
    WorkerRig(
            final int maxSessions,
            final int maxMappings,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Answers answers,
            final WindowCheck windowCheck,
            final NanoClock clock) {
        this(maxSessions, maxMappings, limits, hostLimits, answers, Behavior.DEFAULT, windowCheck, clock);
    }

    private WorkerRig(
            final int maxSessions,
            final int maxMappings,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Answers answers,
            final Behavior behavior,
            final WindowCheck windowCheck,
            final NanoClock clock) {
        final CountersManager manager = new CountersManager(
                new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(512 * CountersReader.METADATA_LENGTH)),
                new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(512 * CountersReader.COUNTER_LENGTH)));
        counters = new WorkerCounters(manager, 0);
        uses = List.of(
                new NeighborUse(lanNeighbors.slots()),
                new NeighborUse(wanNeighbors.slots()),
                new NeighborUse(dmzNeighbors.slots()));
        final Port[] ports = {
            new Port(
                    0,
                    "lan",
                    false,
                    0,
                    LAN,
                    24,
                    lanNeighbors,
                    uses.get(0),
                    new PortCounters(manager, 0, "lan"),
                    lan,
                    LAN_MAC,
                    1500),
            new Port(
                    1,
                    "wan",
                    true,
                    0,
                    WAN,
                    24,
                    wanNeighbors,
                    uses.get(1),
                    new PortCounters(manager, 0, "wan"),
                    wan,
                    WAN_MAC,
                    1500),
            new Port(
                    2,
                    "dmz",
                    false,
                    0,
                    DMZ,
                    16,
                    dmzNeighbors,
                    uses.get(2),
                    new PortCounters(manager, 0, "dmz"),
                    dmz,
                    DMZ_MAC,
                    1400)
        };
        routes = RouteTable.builder()
                .add(ip(192, 168, 1, 0), 24, 0, 0)
                .add(ip(203, 0, 113, 0), 24, 1, 0)
                .add(ip(10, 9, 0, 0), 16, 2, 0)
                .add(ip(10, 20, 0, 0), 16, 0, INSIDE_ROUTER)
                .add(0, 1, 1, GATEWAY)
                .build();
        final PolicyTerms terms = new PolicyTerms(
                        routes,
                        Set.of(1),
                        List.of(new PolicyTerms.Pool(1, behavior, POOL)),
                        FORWARDS,
                        limits,
                        hostLimits,
                        Timeouts.defaults(120))
                .exempting(new PolicyTerms.Network(ip(11, 0, 0, 0), 16));
        final NatConfig room =
                NatConfig.roomFor(SECRETS, maxSessions, maxMappings, terms).checking(windowCheck);
        keeper = new PolicyKeeper(room, terms);
        final Nat nat = new Nat(keeper);
        worker = new Worker(
                "test",
                -1,
                () -> clock.nanoTime() + laterNs,
                ports,
                nat,
                answers,
                counters,
                new Worker.WorkerRings(command, inject, punt, event));
        lanNeighbors.publish(CLIENT, HOST_MAC, NeighborState.REACHABLE);
        lanNeighbors.publish(INSIDE_ROUTER, HOST_MAC, NeighborState.REACHABLE);
        wanNeighbors.publish(GATEWAY, HOST_MAC, NeighborState.REACHABLE);
        dmzNeighbors.publish(DMZ_HOST, HOST_MAC, NeighborState.REACHABLE);
        dmzNeighbors.publish(ABSENT_HOST, 0, NeighborState.FAILED);
    }

    static int ip(final int a, final int b, final int c, final int d) {
        return a << 24 | b << 16 | c << 8 | d;
    }

    private static OneToOneRingBuffer ring(final int bytes) {
        return new OneToOneRingBuffer(
                new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(bytes + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    /** From now on it is so much later for the worker. */
    void later(final long ms) {
        laterNs += ms * 1_000_000L;
    }

    /** Runs the worker until nothing that arrived waits any more. */
    void run() {
        do {
            worker.doWork();
        } while (lan.waiting() + wan.waiting() + dmz.waiting() > 0);
    }

    /** Frames that the law accounts for. */
    long accounted() {
        return counters.sent() + counters.consumedFrames() + counters.heldFrames() + counters.droppedAll();
    }

    @Override
    public void close() {
        worker.close();
        lanNeighbors.close();
        wanNeighbors.close();
        dmzNeighbors.close();
        uses.forEach(NeighborUse::close);
    }
}
