package org.portolan.control.history.query;

import java.util.ArrayList;
import java.util.List;

/**
 * How the history itself is doing, as rows in the order in which people read them.
 *
 * @param peers none when no router is read
 */
public record HistoryStatus(List<Row> rows, List<Peer> peers) {
    /** How a number is to be read. */
    public enum Unit {
        COUNT,
        BYTES,
        /** A length of time. */
        SECONDS,
        /** A point in time, seconds since 1970; 0 for never. */
        TIME
    }

    /**
     * One value.
     *
     * @param key for machines
     * @param text for people
     * @param word null when it is a number; empty when there is none to say
     */
    public record Row(String key, String text, String word, long number, Unit unit) {}

    /**
     * A router whose history is read.
     *
     * @param fetchedS when it was reached last, seconds since 1970; 0 for never
     * @param mergedS when it had something new last; 0 for never
     * @param failures times since the start that it was not reached, or was refused
     * @param nextS seconds until it is asked again; 0 when it is being asked
     * @param error why it was not reached, or was refused; empty when all is well
     */
    public record Peer(
            String name,
            String url,
            long fetchedS,
            long mergedS,
            long conflicts,
            long failures,
            long nextS,
            String error) {}

    public HistoryStatus {
        rows = List.copyOf(rows);
        peers = List.copyOf(peers);
    }

    /** Rows in the order in which they are put. */
    public static final class Builder {
        private final List<Row> rows = new ArrayList<>();
        private final List<Peer> peers = new ArrayList<>();

        public Builder word(final String key, final String text, final String word) {
            rows.add(new Row(key, text, word, 0, Unit.COUNT));
            return this;
        }

        public Builder number(final String key, final String text, final long number, final Unit unit) {
            rows.add(new Row(key, text, null, number, unit));
            return this;
        }

        public Builder peer(final Peer peer) {
            peers.add(peer);
            return this;
        }

        public HistoryStatus build() {
            return new HistoryStatus(rows, peers);
        }
    }
}
