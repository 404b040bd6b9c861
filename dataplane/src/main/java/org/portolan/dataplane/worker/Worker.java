package org.portolan.dataplane.worker;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.portolan.dataplane.command.CommandAdapter;
import org.portolan.dataplane.command.CommandHandler;
import org.portolan.dataplane.command.EventProxy;
import org.portolan.dataplane.command.InjectAdapter;
import org.portolan.dataplane.command.InjectHandler;
import org.portolan.dataplane.command.PuntProxy;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.forward.Forwarder;
import org.portolan.dataplane.forward.Fragmenter;
import org.portolan.dataplane.forward.LocalInput;
import org.portolan.dataplane.forward.Originator;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.Fragments;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.neighbor.PendingFrames;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyExchange;
import org.portolan.dataplane.system.LibcThread;

/**
 * One busy-polling worker: an Agrona Agent that owns its sessions, its rings and the frames in them. It waits for
 * nobody: no lock, no allocation, no exception, no log on this thread after {@link #onStart}.
 */
public final class Worker implements Agent, CommandHandler, InjectHandler, IoExchange, AutoCloseable {
    /** Frames that may wait for a neighbor; each has room for the largest MTU. */
    private static final int MOST_PENDING = 1024;

    /** A host that starts up behind a gateway nobody has asked for yet opens dozens of flows at once. */
    private static final int PENDING_EACH_HOP = 64;

    private static final int LINK_HEADER_BYTES = 18;

    /** Other than what the originator makes of the same secret. */
    private static final long FRAGMENTS_SALT = 0x6672_6167L;

    private final String name;
    private final int cpu;
    private final NanoClock clock;
    private final Port[] ports;
    private final PolicyExchange policies;
    private final Nat nat;
    private final Forwarder forwarder;
    private final WorkerCounters counters;
    private final CommandAdapter commands;
    private final InjectAdapter injects;
    private final Latency latency = new Latency();
    private final FramePool pool;
    private final PendingFrames pending;
    private final Fragments fragments;
    private final Originator originator;
    private final UnsolicitedSyns syns;
    private final DutyCycle dutyCycle;
    private final Pipeline pipeline;
    private final AtomicReferenceArray<FrameIo> arriving;
    private final AtomicReferenceArray<FrameIo> leaving;
    private Policy policyInUse;
    private long nowNs;
    private int nowS;

    /** With {@link FragmentLimits#DEFAULT}. */
    public Worker(
            final String name,
            final int cpu,
            final NanoClock clock,
            final Port[] ports,
            final Nat nat,
            final Answers answers,
            final WorkerCounters counters,
            final WorkerRings rings) {
        this(name, cpu, clock, ports, nat, answers, FragmentLimits.DEFAULT, counters, rings);
    }

    /**
     * @param cpu to pin this worker's thread to, or -1
     * @param clock the boot clock; read once a duty cycle, and its seconds are those of the sessions
     */
    public Worker(
            final String name,
            final int cpu,
            final NanoClock clock,
            final Port[] ports,
            final Nat nat,
            final Answers answers,
            final FragmentLimits fragmentLimits,
            final WorkerCounters counters,
            final WorkerRings rings) {
        requirePools(ports, nat);
        this.name = name;
        this.cpu = cpu;
        this.clock = clock;
        this.ports = ports.clone();
        policies = nat.policies();
        this.nat = nat;
        this.counters = counters;
        commands = new CommandAdapter(rings.command(), this);
        injects = new InjectAdapter(rings.inject(), this);
        final int frameBytes = Math.max(largestMtu(ports) + LINK_HEADER_BYTES, Originator.LONGEST_FRAME_BYTES);
        // One more, as a fragment whose wait is over may have to wait for a neighbor while its slot is still in use.
        final int slots = MOST_PENDING + fragmentLimits.waiting() + 1 + Originator.FRAMES + Fragmenter.FRAMES;
        pool = new FramePool(slots, frameBytes);
        fragments = new Fragments(fragmentLimits, answers.secret() ^ FRAGMENTS_SALT);
        pending = new PendingFrames(pool, MOST_PENDING, PENDING_EACH_HOP, answers.secret());
        originator = new Originator(pool, counters, answers.secret());
        syns = new UnsolicitedSyns(this.ports, nat, originator, counters, answers.secret());
        dutyCycle = new DutyCycle(counters);
        arriving = new AtomicReferenceArray<>(ports.length);
        leaving = new AtomicReferenceArray<>(ports.length);
        final Fragmenter fragmenter = new Fragmenter(pool, counters, ~answers.secret() ^ FRAGMENTS_SALT);
        forwarder = new Forwarder(this.ports, nat.policy().routes(), fragmenter);
        pipeline = new Pipeline(
                this.ports,
                nat,
                forwarder,
                new LocalInput(originator, answers.secret()),
                originator,
                answers,
                syns,
                pool,
                pending,
                fragments,
                fragmentLimits,
                new PuntProxy(rings.punt()),
                new EventProxy(rings.event()),
                counters,
                latency);
        policyInUse = nat.policy();
    }

    /** Flows that leave by an outside port need an address there; the config's check sees to it. */
    private static void requirePools(final Port[] ports, final Nat nat) {
        for (final Port port : ports) {
            if (port.isOutside() && !nat.hasPool(port.index())) {
                throw new IllegalArgumentException("outside port " + port.index() + " has no pool address");
            }
        }
    }

    private static int largestMtu(final Port[] ports) {
        int largest = 0;
        for (final Port port : ports) {
            largest = Math.max(largest, port.mtu());
        }
        return largest;
    }

    /** The four rings of a worker. */
    public record WorkerRings(RingBuffer command, RingBuffer inject, RingBuffer punt, RingBuffer event) {}

    @Override
    public void onStart() {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
    }

    @Override
    public int doWork() {
        nowNs = clock.nanoTime();
        nowS = (int) (nowNs / 1_000_000_000L);
        dutyCycle.begin(nowNs);
        final Policy policy = policies.observe();
        if (policy != policyInUse) {
            adopt(policy);
        }
        int work = commands.poll();
        final int injected = injects.poll();
        if (injected > 0) {
            pipeline.handOver(nowNs);
        }
        pipeline.fragments().expire(nowNs);
        work += injected + pipeline.pollPending(nowNs, nowS);
        for (final Port port : ports) {
            work += pipeline.poll(port, nowNs, nowS);
        }
        if (pipeline.departures().areBacklogged()) {
            work += Math.max(0, pipeline.handOver(nowNs));
        }
        work += nat.drain();
        nat.releaseRested(nowS);
        if (syns.poll(nowNs) > 0) {
            pipeline.handOver(nowNs);
        }
        counters.tcpOutOfWindow(nat.outOfWindow());
        dutyCycle.end(work);
        return work;
    }

    /** No frame is under way here: those that wait for a neighbor have no session and are routed again. */
    private void adopt(final Policy policy) {
        nat.adopt(policy);
        forwarder.routes(policy.routes());
        policyInUse = policy;
        policies.adopted(policy);
    }

    @Override
    public String roleName() {
        return name;
    }

    /**
     * Whether frames wait for a neighbor's answer, for a first fragment or for their device, or answers for their time.
     * poll(2) reports none of it, so a sleeping worker wakes early. POLLOUT would not do for a device: the socket is
     * writable while the device refuses.
     */
    boolean isWaiting() {
        return pending.size() > 0
                || pipeline.fragments().isWaiting()
                || pipeline.departures().areWaiting()
                || syns.size() > 0;
    }

    @Override
    public void onExpire(final int session, final int generation, final int lastSeenWord) {
        nat.expire(session, generation, lastSeenWord, nowS);
    }

    @Override
    public void onRecheck(final int session, final int epoch) {
        nat.recheck(session, epoch, nowS);
    }

    @Override
    public void onLink(final int port, final boolean up, final int mtu, final long mac) {
        ports[port].link(up, mtu, mac);
        if (up) {
            ports[port].io().linkUp();
        }
    }

    @Override
    public void onReplaceIo(final int port) {
        final FrameIo replacement = arriving.getAndSet(port, null);
        if (replacement != null) {
            pipeline.drain(ports[port], nowNs, nowS);
            leaving.set(port, ports[port].replaceIo(replacement));
        }
    }

    @Override
    public void onSwapLatency() {
        latency.swap();
    }

    @Override
    public void onFrame(final int port, final long frame, final int length) {
        originator.inject(ports[port], frame, length);
    }

    @Override
    public FrameIo handOver(final int port, final FrameIo replacement) {
        return arriving.getAndSet(port, replacement);
    }

    @Override
    public FrameIo takeLeaving(final int port) {
        return leaving.getAndSet(port, null);
    }

    public Latency latency() {
        return latency;
    }

    public WorkerCounters counters() {
        return counters;
    }

    public Nat nat() {
        return nat;
    }

    /** The ports by index. Control reads what is final in them. */
    public Port port(final int index) {
        return ports[index];
    }

    public int portCount() {
        return ports.length;
    }

    /** After the thread has ended. */
    @Override
    public void close() {
        for (int i = 0; i < ports.length; i++) {
            ports[i].io().close();
            closeQuietly(arriving.getAndSet(i, null));
            closeQuietly(leaving.getAndSet(i, null));
        }
        nat.close();
        fragments.close();
        syns.close();
        pool.close();
        latency.close();
    }

    private static void closeQuietly(final FrameIo io) {
        if (io != null) {
            io.close();
        }
    }
}
