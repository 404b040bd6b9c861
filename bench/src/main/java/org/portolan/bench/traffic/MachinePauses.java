package org.portolan.bench.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.portolan.bench.lab.CpuUse;
import org.portolan.bench.lab.Wait;
import org.portolan.dataplane.system.LibcThread;

/**
 * How long the machine itself stood still while something was measured: a thread sleeps 1 ms over and over and records
 * how much longer that took (as Gil Tene's jHiccup does), and the kernel says how much CPU time a hypervisor took away.
 * So a router is not blamed for what it cannot help. A meter that never got the CPU says so too: the whole time was one
 * pause.
 */
public final class MachinePauses implements AutoCloseable {
    private static final long SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 2;

    private final Histogram pauses = new Histogram(LONGEST_NS, DIGITS);
    private final CpuUse before = CpuUse.now();
    private final long startedNs = System.nanoTime();
    private final int cpu;
    private final Thread thread;
    private volatile boolean running = true;

    /**
     * Begins to measure.
     *
     * @param cpu to pin the thread to, or -1: one that may go anywhere does not see what happens to one CPU
     */
    public MachinePauses(final int cpu) {
        this.cpu = cpu;
        thread = Thread.ofPlatform().daemon().name("pause-meter").start(this::work);
    }

    /**
     * @param pauses beyond the millisecond, ns; some 60,000 of each are the kernel's timer slack
     * @param steal part of all CPUs' time, 0 to 1, that a hypervisor gave to others
     */
    public record Pauses(Histogram pauses, double steal) {
        @Override
        public String toString() {
            return "pauses p99 %.0f us, max %.0f us; steal %.1f %%"
                    .formatted(pauses.getValueAtPercentile(99) / 1e3, pauses.getMaxValue() / 1e3, 100 * steal);
        }
    }

    private void work() {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
        long beganNs = startedNs;
        do {
            LockSupport.parkNanos(SLEEP_NS);
            final long nowNs = System.nanoTime();
            pauses.recordValue(Math.clamp(nowNs - beganNs - SLEEP_NS, 0, LONGEST_NS));
            beganNs = nowNs;
        } while (running);
    }

    /** Ends the measurement. */
    public Pauses stop() {
        close();
        return new Pauses(pauses, CpuUse.now().since(before).stolenShare());
    }

    @Override
    public void close() {
        running = false;
        Wait.untilEndOf(thread);
    }
}
