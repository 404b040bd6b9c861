package org.portolan.control.answer;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.LiveSession;

/** What {@code sessions --sort} can sort by; what people look for comes first. */
enum SessionOrder {
    /** Both ways together, most first. */
    BYTES(Comparator.comparingLong((LiveSession row) -> row.bytesOut() + row.bytesIn())
            .reversed()),
    /** Longest idle first. */
    IDLE(Comparator.comparingInt(LiveSession::idleS).reversed()),
    /** Soonest to end first. */
    EXPIRES(Comparator.comparingInt(LiveSession::expiresInS)),
    /** By inside address and port. */
    SRC(unsigned(LiveSession::insideAddress).thenComparingInt(LiveSession::insidePort)),
    /** By remote address and port. */
    DST(unsigned(LiveSession::remoteAddress).thenComparingInt(LiveSession::remotePort));

    final Comparator<LiveSession> firstToLast;

    SessionOrder(final Comparator<LiveSession> firstToLast) {
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

    private static Comparator<LiveSession> unsigned(final ToIntFunction<LiveSession> address) {
        return Comparator.comparingLong(row -> Integer.toUnsignedLong(address.applyAsInt(row)));
    }
}
