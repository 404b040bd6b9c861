package org.portolan.bench.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.Wait;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.packet.PacketRing;

/**
 * Judges the frames that a {@link SampleFilter} lets through, on a thread of its own, and notes their latency: from the
 * time when a frame was due to the kernel's stamp when it arrived, so that this thread may look later. The kernel
 * copies one frame in 256, so this costs little at any rate.
 */
final class Sampler implements AutoCloseable {
    private static final int BATCH = 256;
    private static final int MTU = 1500;
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int NO_RUN = -1;

    private final PacketRing ring;
    private final FrameJudge judge;
    private final Faults faults = new Faults();
    private final Thread thread;
    private volatile boolean running = true;
    /** This and the next are guarded by the lock of this object. */
    private int run = NO_RUN;

    private LatencyIntervals latency = new LatencyIntervals();

    Sampler(final Namespace namespace, final String device, final Passage passage, final FrameJudge judge) {
        this.judge = judge;
        final int index = namespace.deviceIndex(device);
        try {
            ring = namespace.call(() -> new PacketRing(device, index, MTU));
        } catch (final Exception e) {
            throw new LabException("no sampling sink: " + e.getMessage(), e);
        }
        SampleFilter.of(passage).attachTo(ring.pollDescriptor());
        thread = Thread.ofPlatform().daemon().name("sampler").start(this::work);
    }

    private void work() {
        final FrameBatch batch = new FrameBatch(BATCH);
        while (running) {
            if (ring.receive(batch) == 0) {
                LockSupport.parkNanos(REST_NS);
                continue;
            }
            take(batch);
            ring.release();
            batch.clear();
        }
    }

    private synchronized void take(final FrameBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            final Frame frame = batch.frame(i);
            // What came before the filter was attached is passed over.
            if (judge.isOurs(frame.address(), frame.length())) {
                take(frame);
            }
        }
    }

    private void take(final Frame frame) {
        final Fault fault = judge.judge(frame.address(), frame.length(), frame.offload());
        faults.count(fault);
        final long probe = frame.address() + FrameWriter.HEADER_BYTES;
        if (fault == Fault.NONE && Probe.run(probe) == run) {
            latency.record(frame.arrivalNs(), frame.arrivalNs() - Probe.intendedNs(probe));
        }
    }

    /** From now on the latency of this run's frames is noted, and no other's. */
    synchronized void begin(final Load load) {
        run = load.run() & 0xFF;
        latency = new LatencyIntervals();
    }

    /** The latencies since {@link #begin}; what is still on its way is not waited for. */
    synchronized LatencyIntervals end() {
        run = NO_RUN;
        return latency;
    }

    Faults faults() {
        return faults;
    }

    @Override
    public void close() {
        running = false;
        Wait.untilEndOf(thread);
        ring.close();
    }
}
