package org.portolan.bench.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Point;

/**
 * What a report says about one kind of measurement.
 *
 * @param title of the section
 * @param intro how it is measured, in a sentence or two
 * @param compared the figure whose ratio to the first device is shown
 * @param figures of the table, in its order; what else was noted stands apart
 */
record Topic(Point.Kind kind, String title, String intro, Optional<Figure> compared, List<Figure> figures) {
    private static final List<Figure> PERCENTILES =
            List.of(Figure.P50_US, Figure.P90_US, Figure.P99_US, Figure.P99_9_US, Figure.P99_99_US, Figure.MAX_US);

    static Topic of(final Point.Kind kind) {
        return switch (kind) {
            case THROUGHPUT ->
                new Topic(
                        kind,
                        "Throughput",
                        "The highest rate at which no frame is lost, by bisection (RFC 2544 section 26.1), and the"
                                + " CPU time that it takes.",
                        Optional.of(Figure.LOSS_FREE_FPS),
                        List.of(
                                Figure.LOSS_FREE_FPS,
                                Figure.CPU_MACHINE,
                                Figure.CPU_SOFTIRQ,
                                Figure.CPU_DEVICE,
                                Figure.TOLERANT_FPS));
            case OVERLOAD ->
                new Topic(
                        kind,
                        "Overload",
                        "What still gets through when twice the loss-free rate is offered.",
                        Optional.of(Figure.PEAK_SHARE),
                        List.of(
                                Figure.PEAK_SHARE,
                                Figure.OFFERED_FPS,
                                Figure.DELIVERED_FPS,
                                Figure.CPU_MACHINE,
                                Figure.CPU_DEVICE));
            case SETUP ->
                new Topic(
                        kind,
                        "New sessions",
                        "Sessions opened a second, each with a frame delivered (RFC 9693 section 4.5).",
                        Optional.of(Figure.SESSIONS_PER_S),
                        List.of(Figure.SESSIONS_PER_S, Figure.LOST_FRAMES, Figure.CPU_MACHINE, Figure.CPU_DEVICE));
            case LADDER ->
                new Topic(
                        kind,
                        "Fixed rates",
                        "The same rates for every device, and what of them is delivered.",
                        Optional.of(Figure.DELIVERED_FPS),
                        List.of(
                                Figure.OFFERED_FPS,
                                Figure.DELIVERED_FPS,
                                Figure.LOST_FRAMES,
                                Figure.CPU_MACHINE,
                                Figure.CPU_DEVICE));
            case LATENCY ->
                new Topic(
                        kind,
                        "Latency, end to end",
                        "From the time at which a frame was meant to be sent to the kernel's stamp at the sink"
                                + " (RFC 8219 section 7.2). A frame that the generator sent late counts as late.",
                        Optional.empty(),
                        with(PERCENTILES, Figure.OFFERED_FPS, Figure.LOST_FRAMES, Figure.PAUSE_P99_9_US));
            case ROUTER_LATENCY ->
                new Topic(
                        kind,
                        "Latency inside the router",
                        "The device's own histogram of the same trials, from its receive ring to its hand-over for"
                                + " sending.",
                        Optional.empty(),
                        PERCENTILES);
            case TCP ->
                new Topic(
                        kind,
                        "TCP",
                        "One iperf3 stream.",
                        Optional.of(Figure.TCP_GBIT),
                        List.of(Figure.TCP_GBIT, Figure.TCP_RETRANSMITS, Figure.CPU_DEVICE));
            case PING ->
                new Topic(
                        kind,
                        "Ping",
                        "One echo after the other, nothing else on the wire.",
                        Optional.of(Figure.RTT_AVG_US),
                        List.of(Figure.RTT_MIN_US, Figure.RTT_AVG_US, Figure.RTT_MAX_US));
            case START ->
                new Topic(
                        kind,
                        "Start",
                        "From the start of the device to the first answered ping.",
                        Optional.empty(),
                        List.of(Figure.START_S));
            case ALLOCATION ->
                new Topic(
                        kind,
                        "Allocation",
                        "Bytes of heap that the workers allocated under load.",
                        Optional.empty(),
                        List.of(Figure.ALLOCATED_BYTES));
        };
    }

    private static List<Figure> with(final List<Figure> figures, final Figure... more) {
        return Stream.concat(figures.stream(), Stream.of(more)).toList();
    }
}
