package org.portolan.bench.micro;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Two builds' times for the same work, taken in turn: a pair is a window of one and a window of the other, and every
 * other pair begins with the other. What the machine does to one it then does to both, so the ratio of a pair says more
 * than either time. Times are CPU time of this thread.
 *
 * <p>What the compiler decided for either build stays for the whole run, so the intervals here do not hold it: a build
 * against itself gave ratios from 0.94 to 1.13.
 */
final class PairedTimes {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final double[] otherNs;
    private final double[] thisNs;
    private final double[] ratios;

    private PairedTimes(final int pairs) {
        otherNs = new double[pairs];
        thisNs = new double[pairs];
        ratios = new double[pairs];
    }

    /**
     * @param windowNs least CPU time of a window
     * @param warmWindows of each before the first pair
     */
    static PairedTimes take(
            final Build.Subject other,
            final Build.Subject ours,
            final int pairs,
            final long windowNs,
            final int warmWindows) {
        for (int i = 0; i < warmWindows; i++) {
            window(other, windowNs);
            window(ours, windowNs);
        }
        final PairedTimes times = new PairedTimes(pairs);
        for (int pair = 0; pair < pairs; pair++) {
            if ((pair & 1) == 0) {
                times.otherNs[pair] = window(other, windowNs);
                times.thisNs[pair] = window(ours, windowNs);
            } else {
                times.thisNs[pair] = window(ours, windowNs);
                times.otherNs[pair] = window(other, windowNs);
            }
            times.ratios[pair] = times.thisNs[pair] / times.otherNs[pair];
        }
        return times;
    }

    /** CPU time of one operation, ns. */
    private static double window(final Build.Subject subject, final long leastNs) {
        long spentNs = 0;
        long operations = 0;
        while (spentNs < leastNs) {
            final long beganNs = THREADS.getCurrentThreadCpuTime();
            for (int call = 0; call < Build.Subject.CALLS; call++) {
                subject.work();
            }
            spentNs += THREADS.getCurrentThreadCpuTime() - beganNs;
            operations += (long) Build.Subject.CALLS * HotPathBenchmark.BATCH;
            subject.tidy();
        }
        return (double) spentNs / operations;
    }

    double otherNs() {
        return median(otherNs);
    }

    double thisNs() {
        return median(thisNs);
    }

    /** Median of the pairs' ratios, this build's time to the other's. */
    double ratio() {
        return median(ratios);
    }

    /** Lower end of the 95 % confidence interval of {@link #ratio}. */
    double lowest() {
        return sorted(ratios)[rank(ratios.length)];
    }

    /** Upper end of the 95 % confidence interval of {@link #ratio}. */
    double highest() {
        return sorted(ratios)[ratios.length - 1 - rank(ratios.length)];
    }

    /**
     * How many of n sorted values lie below the interval that holds their median in 95 of 100 cases, whatever the
     * distribution: the binomial one of n trials and probability 1/2, approximated by the normal one.
     */
    static int rank(final int n) {
        return Math.max(0, (int) Math.floor((n - 1.96 * Math.sqrt(n)) / 2));
    }

    static double median(final double[] values) {
        final double[] sorted = sorted(values);
        final int n = sorted.length;
        return (sorted[n / 2] + sorted[(n - 1) / 2]) / 2;
    }

    private static double[] sorted(final double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
