package org.portolan.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time of the whole machine, seconds since it started, to 10 ms (proc_stat(5)).
 *
 * @param busy user, nice, system, irq and softirq
 * @param softirq the part of it in softirq
 * @param stolen by the hypervisor
 * @param all idle time included
 */
public record CpuUse(double busy, double softirq, double stolen, double all) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int IRQ = 6;
    private static final int SOFTIRQ = 7;
    private static final int STEAL = 8;

    public static CpuUse now() {
        try {
            return of(Files.readString(Path.of("/proc/stat")));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the file: user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user time already. */
    static CpuUse of(final String stat) {
        final String[] fields = stat.substring(0, stat.indexOf('\n')).split("\\s+");
        double all = 0;
        for (int field = USER; field <= STEAL; field++) {
            all += seconds(fields, field);
        }
        final double busy = seconds(fields, USER)
                + seconds(fields, NICE)
                + seconds(fields, SYSTEM)
                + seconds(fields, IRQ)
                + seconds(fields, SOFTIRQ);
        return new CpuUse(busy, seconds(fields, SOFTIRQ), seconds(fields, STEAL), all);
    }

    private static double seconds(final String[] fields, final int field) {
        return Long.parseLong(fields[field]) / TICKS_PER_SECOND;
    }

    public CpuUse since(final CpuUse before) {
        return new CpuUse(busy - before.busy, softirq - before.softirq, stolen - before.stolen, all - before.all);
    }

    public double busyShare() {
        return all == 0 ? 0 : busy / all;
    }

    public double stolenShare() {
        return all == 0 ? 0 : stolen / all;
    }
}
