package org.portolan.bench.report;

import java.util.Locale;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Rounds;

/** Numbers for people: thousands separated, no more digits than a measurement on a shared machine carries. */
final class Numbers {
    /** Before the median of rounds that lie too far apart. */
    static final String ABOUT = "\u2248";

    private Numbers() {}

    static String whole(final double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String decimals(final double value, final int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** The number alone; its unit stands in the heading. */
    static String text(final Figure figure, final double value) {
        return switch (figure.unit()) {
            case "frames/s", "sessions/s" -> rate(value);
            case "us" -> significant(value);
            case "s/Mframe", "Gbit/s", "s" -> decimals(value, 2);
            case "%" -> decimals(value, 1);
            default -> whole(value);
        };
    }

    /** Three digits count: a search for the highest rate ends 10,000 frames a second from it. */
    static String rate(final double value) {
        if (value < 1_000) {
            return whole(value);
        }
        final double step = Math.pow(10, Math.floor(Math.log10(value)) - 2);
        return whole(Math.round(value / step) * step);
    }

    /** 1.73, 17.3, 173, 1,730. */
    static String significant(final double value) {
        return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
    }

    /** {@code 1.11}; a quotient. */
    static String ratio(final double value) {
        return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
    }

    /** {@code 742,000}, or about that where the rounds lie too far apart. */
    static String median(final Figure figure, final Rounds rounds) {
        return (rounds.isWide() ? ABOUT : "") + text(figure, rounds.median());
    }

    /** {@code 623,000 to 831,000}; empty for a single round and where all agree. */
    static String range(final Figure figure, final Rounds rounds) {
        final String least = text(figure, rounds.least());
        final String most = text(figure, rounds.most());
        return least.equals(most) ? "" : least + " to " + most;
    }

    static String ratioRange(final Rounds rounds) {
        final String least = ratio(rounds.least());
        final String most = ratio(rounds.most());
        return least.equals(most) ? "" : least + " to " + most;
    }

    /** {@code +4.2 %}. */
    static String change(final double share) {
        return String.format(Locale.ROOT, "%+,.1f %%", share * 100);
    }
}
