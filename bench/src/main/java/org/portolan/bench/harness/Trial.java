package org.portolan.bench.harness;

/**
 * One trial: so many frames offered in so much time, and what came of them.
 *
 * @param askedPerSecond the rate that was asked for; 0 is flat out
 * @param sent frames that the generator sent; what found the device's receiving queue full is among them
 * @param seconds from the first frame to the last
 * @param delivered frames that reached the sink with the right source
 * @param checked frames that the sink looked at whole
 * @param wrong of them, with something wrong
 * @param lateP99Ns how late the generator was, 99th percentile
 * @param cpu time taken meanwhile
 */
record Trial(
        long askedPerSecond,
        long sent,
        double seconds,
        long delivered,
        long checked,
        long wrong,
        long lateP99Ns,
        Cpu cpu) {
    private static final double OFFERED = 0.97;

    /**
     * CPU time in seconds.
     *
     * @param machine of the whole machine, generator included
     * @param softirq the part of it that the kernel spent in softirq, where veth delivers and the kernel's NAT works
     * @param device of the device's own process; 0 for the kernel
     * @param stolen by the hypervisor, beside {@code machine}
     */
    record Cpu(double machine, double softirq, double device, double stolen) {
        public static final Cpu NONE = new Cpu(0, 0, 0, 0);

        Cpu since(final Cpu before) {
            return new Cpu(
                    machine - before.machine, softirq - before.softirq, device - before.device, stolen - before.stolen);
        }
    }

    /** The same with the eyes of a sink that looked at more. */
    Trial withChecks(final long looked, final long foundWrong) {
        return new Trial(askedPerSecond, sent, seconds, delivered, looked, foundWrong, lateP99Ns, cpu);
    }

    long lost() {
        return sent - delivered;
    }

    /** Whether the generator sent nearly what it was asked for; what it did not send is not the device's fault. */
    boolean isOffered() {
        return askedPerSecond == 0 || offeredPerSecond() >= OFFERED * askedPerSecond;
    }

    /** Of what was sent. */
    double lossShare() {
        return sent == 0 ? 1 : (double) lost() / sent;
    }

    double offeredPerSecond() {
        return sent / seconds;
    }

    double deliveredPerSecond() {
        return delivered / seconds;
    }

    /** @param cpuSeconds a part of {@link #cpu} */
    double perMillion(final double cpuSeconds) {
        return delivered == 0 ? 0 : cpuSeconds * 1e6 / delivered;
    }
}
