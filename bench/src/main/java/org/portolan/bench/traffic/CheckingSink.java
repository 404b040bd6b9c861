package org.portolan.bench.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Wait;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.packet.PacketRing;
import org.portolan.dataplane.system.LibcThread;

/**
 * Reads every frame that arrives, from a receive ring as the router's, and checks all of it: headers, checksums,
 * payload, sequence, and that a flow keeps an endpoint of its own. Measures latency from the time when a frame was due
 * to the kernel's receive stamp, so its own delays are in no figure. It takes a good part of a CPU: for rates below
 * half of what the device can do. {@link KernelSink} stands behind it, and counts and drops the same frames.
 *
 * <p>{@link #begin} before a run, {@link #end} after it, by one thread; a thread of the sink's own reads.
 */
public final class CheckingSink implements AutoCloseable {
    private static final int BATCH = 256;
    private static final int MTU = 1500;
    private static final long REST_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long HANDOVER_NS = TimeUnit.SECONDS.toNanos(5);
    /** Nothing arrived for so long: nothing will. */
    private static final long QUIET_MS = 200;

    private final FrameJudge judge;
    private final Endpoints endpoints;
    private final KernelSink kernel;
    private final boolean ownsKernel;
    private final PacketRing ring;
    private final int cpu;
    private final Thread thread;
    private volatile Reception wanted;
    private volatile Reception current;
    private volatile boolean running = true;

    /**
     * @param passage whose frames arrive at {@code device}
     * @param sent what checksums the generator sends
     * @param inside the flows as the client knows them
     * @param cpu to pin the reading thread to, or -1
     */
    public CheckingSink(
            final Namespace namespace,
            final String device,
            final Passage passage,
            final Checksums sent,
            final TrafficFlows inside,
            final int cpu) {
        this(namespace, device, passage, sent, inside, cpu, new KernelSink(namespace, device, passage, sent), true);
    }

    /** Like the other, before a sink that is there already and stays. */
    public CheckingSink(
            final Namespace namespace,
            final String device,
            final Passage passage,
            final Checksums sent,
            final TrafficFlows inside,
            final int cpu,
            final KernelSink behind) {
        this(namespace, device, passage, sent, inside, cpu, behind, false);
    }

    private CheckingSink(
            final Namespace namespace,
            final String device,
            final Passage passage,
            final Checksums sent,
            final TrafficFlows inside,
            final int cpu,
            final KernelSink kernel,
            final boolean ownsKernel) {
        this.cpu = cpu;
        this.kernel = kernel;
        this.ownsKernel = ownsKernel;
        judge = new FrameJudge(
                passage, Long.parseLong(namespace.deviceMac(device).replace(":", ""), 16), sent);
        endpoints = passage.direction() == TrafficDirection.OUTBOUND
                ? new Endpoints.Learned(inside, passage.outside())
                : Endpoints.known(inside);
        final int index = namespace.deviceIndex(device);
        try {
            ring = namespace.call(() -> new PacketRing(device, index, MTU));
        } catch (final Exception e) {
            throw new LabException("no checking sink: " + e.getMessage(), e);
        }
        thread = Thread.ofPlatform().daemon().name("checking-sink").start(this::work);
    }

    private void work() {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
        final FrameBatch batch = new FrameBatch(BATCH);
        while (running) {
            // Release, so that who ended a run reads all that was written about it.
            current = wanted;
            final Reception reception = current;
            if (ring.receive(batch) == 0) {
                LockSupport.parkNanos(REST_NS);
                continue;
            }
            for (int i = 0; i < batch.size() && reception != null; i++) {
                reception.take(batch.frame(i));
            }
            ring.release();
            batch.clear();
        }
    }

    private void handOver(final Reception next) {
        wanted = next;
        final long beganNs = System.nanoTime();
        while (current != next) {
            if (!thread.isAlive() || System.nanoTime() - beganNs > HANDOVER_NS) {
                throw new LabException("the checking sink has stopped reading");
            }
            LockSupport.parkNanos(REST_NS);
        }
    }

    /** From now on frames of this run are expected, and only they. */
    public void begin(final Load load) {
        ring.takeLost();
        handOver(new Reception(load.run(), judge, endpoints));
    }

    /** Waits until nothing arrives any more, then tells what did. */
    public Arrivals end(final Sent sent) {
        final Reception reception = wanted;
        if (reception == null) {
            throw new LabException("no run has begun");
        }
        long before = -1;
        while (reception.frames() != before) {
            before = reception.frames();
            Wait.ms(QUIET_MS);
        }
        handOver(null);
        return reception.result(sent, ring.takeLost());
    }

    /** The kernel's own count of the same frames, over all runs. */
    public KernelSink kernel() {
        return kernel;
    }

    /** Outbound: the flows as they arrived, to send back to. Asked between runs. */
    public TrafficFlows translated() {
        if (endpoints instanceof final Endpoints.Learned learned) {
            return learned.flows();
        }
        throw new LabException("inbound traffic teaches no outside endpoints");
    }

    @Override
    public void close() {
        running = false;
        Wait.untilEndOf(thread);
        if (ownsKernel) {
            kernel.close();
        }
        ring.close();
    }
}
