package org.portolan.bench.run;

import java.util.Locale;

/**
 * What one measurement is of: the point of the plan that it fills. Two measurements of one run never share a point, so
 * a run that was cut short goes on with the points that are missing.
 *
 * @param kind what was measured
 * @param device id of the device under test, as {@link RunInfo} lists it
 * @param frame a size in bytes with FCS, such as {@code 64}, or {@code imix}; empty where it does not apply
 * @param sessions concurrent sessions; 0 where it does not apply
 * @param load percent of the throughput found, or 0 where it does not apply; of a {@link Kind#LADDER} thousands of
 *     frames a second, 0 for all that the generator gives
 * @param round from 1
 */
public record Point(Kind kind, String device, String frame, long sessions, int load, int round) {
    /** Kinds of measurements, in the order in which a report tells them. */
    public enum Kind {
        /** Highest rate without loss and with at most 0.1 % loss (RFC 2544 section 26.1), and flat out. */
        THROUGHPUT,
        /** What still gets through at twice the loss-free rate. */
        OVERLOAD,
        /** New sessions a second (RFC 9693 section 4.5: maximum connection establishment rate). */
        SETUP,
        /** End to end, from the intended send time to the kernel's stamp at the sink (RFC 8219 section 7.2). */
        LATENCY,
        /** The device's own histogram of the same trial, from its receive ring to its hand-over for sending. */
        ROUTER_LATENCY,
        /** iperf3, one TCP stream. */
        TCP,
        /** ping, one echo after the other. */
        PING,
        /** A ladder of fixed rates: what of it is delivered. */
        LADDER,
        /** From the start of the device to the first answered ping. */
        START,
        /** Heap bytes that the device's workers allocated under load. */
        ALLOCATION;

        /** As it stands in the run's files. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(final String id) {
            return valueOf(id.toUpperCase(Locale.ROOT));
        }
    }

    /** Fit for a file's name. */
    public String fileName() {
        final StringBuilder name = new StringBuilder(kind.id()).append('-').append(device);
        if (!frame.isEmpty()) {
            name.append('-').append(frame);
        }
        if (sessions != 0) {
            name.append('-').append(sessions);
        }
        if (load != 0) {
            name.append('-').append(load).append("pc");
        }
        return name.append("-round").append(round).toString();
    }
}
