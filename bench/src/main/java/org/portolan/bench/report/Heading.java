package org.portolan.bench.report;

import org.portolan.bench.run.Figure;

/**
 * How a figure stands at the head of a column.
 *
 * @param text short; {@link Figure#text} says it in full
 * @param better which way a change of it is a gain
 */
record Heading(String text, Better better) {
    enum Better {
        MORE,
        LESS,
        NEITHER
    }

    static Heading of(final Figure figure) {
        return switch (figure) {
            case LOSS_FREE_FPS -> more("without loss");
            case TOLERANT_FPS -> more("at most 0.1 % lost");
            case OFFERED_FPS -> neither("offered");
            case DELIVERED_FPS -> more("delivered");
            case FLAT_OFFERED_FPS -> neither("flat out, offered");
            case FLAT_DELIVERED_FPS -> more("flat out, delivered");
            case PEAK_SHARE -> more("of the loss-free rate");
            case LOST_FRAMES -> less("lost");
            case WRONG_FRAMES -> less("wrong");
            case CHECKED_FRAMES -> neither("checked");
            case CPU_MACHINE -> less("CPU, all");
            case CPU_SOFTIRQ -> less("of it softirq");
            case CPU_DEVICE -> less("of it the device");
            case SESSIONS_PER_S -> more("new sessions");
            case SAMPLES -> neither("samples");
            case P50_US -> less("p50");
            case P90_US -> less("p90");
            case P99_US -> less("p99");
            case P99_9_US -> less("p99.9");
            case P99_99_US -> less("p99.99");
            case MAX_US -> less("longest");
            case PAUSE_P99_9_US -> neither("machine's pauses, p99.9");
            case PAUSE_MAX_US -> neither("machine's longest pause");
            case STEAL_PERCENT -> neither("stolen CPU");
            case LATE_P99_US -> neither("sent late, p99");
            case TCP_GBIT -> more("one stream");
            case TCP_RETRANSMITS -> less("sent again");
            case RTT_MIN_US -> less("shortest");
            case RTT_AVG_US -> less("average");
            case RTT_MAX_US -> less("longest");
            case START_S -> less("first answer after");
            case ALLOCATED_BYTES -> less("allocated");
        };
    }

    private static Heading more(final String text) {
        return new Heading(text, Better.MORE);
    }

    private static Heading less(final String text) {
        return new Heading(text, Better.LESS);
    }

    private static Heading neither(final String text) {
        return new Heading(text, Better.NEITHER);
    }

    /** As people write the unit. */
    static String unit(final Figure figure) {
        return switch (figure.unit()) {
            case "us" -> "\u00b5s";
            case "s/Mframe" -> "s/million";
            default -> figure.unit();
        };
    }
}
