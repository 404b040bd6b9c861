package org.portolan.bench.traffic;

import java.util.Optional;
import org.portolan.bench.lab.Frame;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.RawSocket;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * Judges the frames that a {@link SampleFilter} lets through, on a thread of its own. The kernel copies one frame in
 * 256, so this costs little at any rate.
 */
final class Sampler implements AutoCloseable {
    private static final int POLL_MS = 50;
    private static final int FRAME_BYTES = 70_000;

    private final RawSocket socket;
    private final FrameJudge judge;
    private final Faults faults = new Faults();
    private final Slab memory = Slab.allocate(FRAME_BYTES, "sampled frames");
    private final Thread thread;
    private volatile boolean running = true;

    Sampler(final Namespace namespace, final String device, final Passage passage, final FrameJudge judge) {
        this.judge = judge;
        socket = RawSocket.open(namespace, device, SampleFilter.of(passage));
        thread = Thread.ofPlatform().daemon().name("sampler").start(this::work);
    }

    private void work() {
        while (running) {
            final Optional<Frame> frame = socket.receive(POLL_MS);
            if (frame.isPresent()) {
                final byte[] bytes = frame.get().bytes();
                Memory.copy(bytes, 0, memory.address(), bytes.length);
                faults.count(judge.judge(memory.address(), bytes.length, frame.get().offload()));
            }
        }
    }

    Faults faults() {
        return faults;
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
        socket.close();
        memory.close();
    }
}
