package org.portolan.bench.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;

/**
 * What a frame costs the whole router when no device is in the way: the production worker's duty cycle, from the
 * driver's batch through classifier, NAT and forwarder to the transmit slot, 64 frames of 64 bytes a cycle. Each
 * frame is of another one of the established sessions, all of them in random order, over and over. The table is
 * full: its capacity is the number of sessions.
 *
 * <p>A figure is nanoseconds a frame. {@code router} holds the copy in and the copy out of {@link MemoryIo};
 * {@code baseline} does only these, on the same frames: the difference is the router's own.
 */
public class PipelineBenchmark extends HotPathBenchmark {
    @Param
    public Transport transport;

    @Param
    public FlowDirection direction;

    /** Established sessions. */
    @Param({"1024", "65536", "1048576", "4194304"})
    public int sessions;

    private final FrameBatch batch = new FrameBatch(BATCH);
    private Slab masters;
    private MemoryIo ingress;
    private MemoryIo egress;
    private InMemoryRouter router;

    @Setup(Level.Trial)
    public void open() {
        final NumberedFlows flows = new NumberedFlows(sessions, transport);
        final Nat nat = flows.nat(sessions);
        flows.open(nat);
        masters = flows.frames(direction, nat, NumberedFlows.REMOTE_PORT);
        ingress = new MemoryIo(masters.address(), sessions);
        egress = new MemoryIo(0, 0);
        final boolean outbound = direction == FlowDirection.OUTBOUND;
        router = new InMemoryRouter(outbound ? ingress : egress, outbound ? egress : ingress, nat);
    }

    /** Every frame of every session has to come out whole, and nothing may be dropped or opened. */
    @TearDown(Level.Trial)
    public void close() {
        router();
        for (int i = 0; i < BATCH; i++) {
            NumberedFlows.require(NumberedFlows.isRight(egress.sent(i)), "a frame left with a wrong checksum");
        }
        final long received = router.counters().received();
        final long sent = router.counters().sent();
        NumberedFlows.require(received == sent, "%d frames came in, %d went out", received, sent);
        NumberedFlows.require(
                router.nat().counts().sessions() == sessions,
                "%d sessions",
                router.nat().counts().sessions());
        router.close();
        masters.close();
    }

    @Benchmark
    public int baseline() {
        batch.clear();
        final int received = ingress.receive(batch);
        for (int i = 0; i < received; i++) {
            final Frame frame = batch.frame(i);
            egress.send(frame.address(), frame.length(), frame.offload());
        }
        egress.flush(0);
        ingress.release();
        return received;
    }

    @Benchmark
    public int router() {
        return router.doWork();
    }
}
