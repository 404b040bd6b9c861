package org.portolan.bench.micro;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.command.CommandAdapter;
import org.portolan.dataplane.command.CommandHandler;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.memory.Slab;

/**
 * What control's words cost the worker: {@code command} encodes 64 expiry commands into the ring, then reads and
 * hands over all of them, on one thread, so that the instructions are counted and not the way of a cache line from
 * one core to the other. {@code baseline} calls the handler without a ring. A figure is nanoseconds a command.
 *
 * <p>{@code emptyPoll} is one look into an empty ring, which the worker takes twice a duty cycle; {@code emptyCycle}
 * a whole duty cycle in which nothing has come, on two interfaces. A figure is nanoseconds a poll or a cycle.
 */
public class RingCommandBenchmark extends HotPathBenchmark implements CommandHandler {
    private static final int RING_BYTES = (1 << 18) + RingBufferDescriptor.TRAILER_LENGTH;

    private Slab ring;
    private Wakeup wakeup;
    private CommandProxy proxy;
    private CommandAdapter adapter;
    private InMemoryRouter idle;
    private CommandHandler handler;
    private long sum;

    @Setup(Level.Trial)
    public void open() {
        ring = Slab.allocate(RING_BYTES, "a benchmark's ring");
        wakeup = new Wakeup();
        final OneToOneRingBuffer commands = new OneToOneRingBuffer(new UnsafeBuffer(ring.address(), RING_BYTES));
        proxy = new CommandProxy(commands, wakeup);
        adapter = new CommandAdapter(commands, this);
        handler = this;
        idle = new InMemoryRouter(new MemoryIo(0, 0), new MemoryIo(0, 0), new NumberedFlows(1, Transport.UDP).nat(1));
    }

    @TearDown(Level.Trial)
    public void close() {
        idle.close();
        wakeup.close();
        ring.close();
    }

    @Benchmark
    public long baseline() {
        for (int i = 0; i < BATCH; i++) {
            handler.onExpire(i, 2 * i, (int) sum);
        }
        return sum;
    }

    @Benchmark
    public long command() {
        for (int i = 0; i < BATCH; i++) {
            proxy.expire(i, 2 * i, (int) sum);
        }
        // A read ends at the ring's end, so where the ring wraps it takes two.
        final int read = adapter.poll();
        if (read < BATCH && read + adapter.poll() != BATCH) {
            throw new IllegalStateException("a command was lost");
        }
        return sum;
    }

    @Benchmark
    public long emptyPoll() {
        long work = 0;
        for (int i = 0; i < BATCH; i++) {
            work += adapter.poll();
        }
        return work;
    }

    @Benchmark
    @OperationsPerInvocation(1)
    public int emptyCycle() {
        return idle.doWork();
    }

    @Override
    public void onExpire(final int session, final int generation, final int lastSeenWord) {
        sum += session + generation + lastSeenWord;
    }

    @Override
    public void onRecheck(final int session, final int epoch) {
        throw new IllegalStateException("nobody sent this");
    }

    @Override
    public void onLink(final int port, final boolean up, final int mtu, final long mac) {
        throw new IllegalStateException("nobody sent this");
    }

    @Override
    public void onReplaceIo(final int port) {
        throw new IllegalStateException("nobody sent this");
    }

    @Override
    public void onSwapLatency() {
        throw new IllegalStateException("nobody sent this");
    }
}
