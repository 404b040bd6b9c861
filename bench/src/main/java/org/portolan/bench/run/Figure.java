package org.portolan.bench.run;

import java.util.Locale;

/** Every figure that a run notes: its id in the run's files, its unit, and what it is in words. One list. */
public enum Figure {
    LOSS_FREE_FPS("frames/s", "highest rate without a lost frame"),
    TOLERANT_FPS("frames/s", "highest rate with at most 0.1 % loss"),
    OFFERED_FPS("frames/s", "offered by the generator"),
    DELIVERED_FPS("frames/s", "delivered, with the right source"),
    FLAT_OFFERED_FPS("frames/s", "offered flat out"),
    FLAT_DELIVERED_FPS("frames/s", "delivered of the flat-out load"),
    PEAK_SHARE("%", "of the loss-free rate, delivered under overload"),
    LOST_FRAMES("frames", "sent and not delivered"),
    WRONG_FRAMES("frames", "delivered wrong: checksum, payload, order or endpoint"),
    CHECKED_FRAMES("frames", "looked at whole by the sink"),
    CPU_MACHINE("s/Mframe", "CPU time of the whole machine, generator included"),
    CPU_SOFTIRQ("s/Mframe", "of it in softirq, where a veth delivers and the kernel's NAT works"),
    CPU_DEVICE("s/Mframe", "of it the device's own process"),
    SESSIONS_PER_S("sessions/s", "new sessions, each with a frame delivered"),
    SAMPLES("frames", "in the histogram"),
    P50_US("us", "50th percentile"),
    P90_US("us", "90th percentile"),
    P99_US("us", "99th percentile"),
    P99_9_US("us", "99.9th percentile"),
    P99_99_US("us", "99.99th percentile"),
    MAX_US("us", "longest"),
    PAUSE_P99_9_US("us", "99.9th percentile of the machine's own pauses meanwhile"),
    PAUSE_MAX_US("us", "the machine's longest pause meanwhile"),
    STEAL_PERCENT("%", "of the CPU time taken by the hypervisor meanwhile"),
    LATE_P99_US("us", "99th percentile of how late the generator sent"),
    TCP_GBIT("Gbit/s", "one TCP stream"),
    TCP_RETRANSMITS("segments", "sent again"),
    RTT_MIN_US("us", "shortest round trip"),
    RTT_AVG_US("us", "average round trip"),
    RTT_MAX_US("us", "longest round trip"),
    START_S("s", "from the start to the first answered ping"),
    ALLOCATED_BYTES("bytes", "of heap, allocated by the workers");

    private final String unit;
    private final String text;

    Figure(final String unit, final String text) {
        this.unit = unit;
        this.text = text;
    }

    /** As it stands in the run's files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Figure of(final String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    public String unit() {
        return unit;
    }

    /** What it is, in words. */
    public String text() {
        return text;
    }
}
