package org.portolan.control.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a size in bytes is written: {@code "64MiB"}.
 *
 * @param allowed what an error says
 */
record SizeText(long leastBytes, long mostBytes, String allowed) {
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,11}) ?([KMGT])iB");

    /** The bytes; empty when it is not a size or out of range, which has been reported by then. */
    Optional<Long> read(final Item<String> item) {
        final Matcher parts = SIZE.matcher(item.value());
        if (!parts.matches()) {
            item.problem("is not a size", allowed);
            return Optional.empty();
        }
        final int shift = 10 * ("KMGT".indexOf(parts.group(2)) + 1);
        final long count = Long.parseLong(parts.group(1));
        // Compared before it is shifted: 12 digits of TiB are beyond a long.
        if (count > mostBytes >>> shift || count << shift < leastBytes) {
            item.problem("out of range", allowed);
            return Optional.empty();
        }
        return Optional.of(count << shift);
    }
}
