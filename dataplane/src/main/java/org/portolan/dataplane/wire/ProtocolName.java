package org.portolan.dataplane.wire;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The names of IP protocols that operators know; the numbers are IANA's. */
public final class ProtocolName {
    private static final Map<Integer, String> NAMES = new TreeMap<>(Map.of(
            Ipv4.ICMP,
            "icmp",
            4,
            "ipip",
            Ipv4.TCP,
            "tcp",
            Ipv4.UDP,
            "udp",
            41,
            "ipv6",
            47,
            "gre",
            50,
            "esp",
            Ipv4.AUTHENTICATION,
            "ah",
            132,
            "sctp"));

    /** {@code icmp, ipip, ...}. */
    public static final String ALL = NAMES.values().stream().collect(Collectors.joining(", "));

    private static final int LAST = 255;

    private ProtocolName() {}

    /** A number without a name is shown as it is. */
    public static String of(final int number) {
        return NAMES.getOrDefault(number, Integer.toString(number));
    }

    /** The number of a name, or of a number from 1 to 255. */
    public static OptionalInt number(final String word) {
        final String lower = word.toLowerCase(Locale.ROOT);
        for (final Map.Entry<Integer, String> each : NAMES.entrySet()) {
            if (each.getValue().equals(lower)) {
                return OptionalInt.of(each.getKey());
            }
        }
        if (!word.matches("[1-9][0-9]{0,2}") || Integer.parseInt(word) > LAST) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(word));
    }
}
