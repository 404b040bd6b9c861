package org.portolan.control.command;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What {@code sessions --sort} can sort by; what people look for comes first. */
enum SessionOrder {
    /** Both ways together, most first. */
    BYTES(Comparator.comparingLong((SessionRow row) -> row.bytesOut() + row.bytesIn())
            .reversed()),
    /** Longest idle first. */
    IDLE(Comparator.comparingInt(SessionRow::idleS).reversed()),
    /** Soonest to end first. */
    EXPIRES(Comparator.comparingInt(SessionRow::expiresInS)),
    /** By inside address and port. */
    SRC(unsigned(SessionRow::insideAddress).thenComparingInt(SessionRow::insidePort)),
    /** By remote address and port. */
    DST(unsigned(SessionRow::remoteAddress).thenComparingInt(SessionRow::remotePort));

    final Comparator<SessionRow> firstToLast;

    SessionOrder(final Comparator<SessionRow> firstToLast) {
        this.firstToLast = firstToLast;
    }

    static SessionOrder named(final String word) throws UsageException {
        for (final SessionOrder order : values()) {
            if (order.word().equals(word.toLowerCase(Locale.ROOT))) {
                return order;
            }
        }
        final List<String> words = Stream.of(values()).map(SessionOrder::word).toList();
        throw new UsageException("--sort %s: allowed: %s".formatted(word, String.join(", ", words)));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Comparator<SessionRow> unsigned(final ToIntFunction<SessionRow> address) {
        return Comparator.comparingLong(row -> Integer.toUnsignedLong(address.applyAsInt(row)));
    }
}
