package org.portolan.control.answer;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.Subnet;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.SessionFilter;

/**
 * One line from an asking verb to the router: the verb, then {@code --flag} and {@code --option=value}, a space
 * between. The client reads its own line with this too before it sends it, so both sides refuse the same things.
 *
 * @param options a flag has an empty value
 */
public record Request(String verb, Map<String, String> options) {
    /** Line feed included. */
    public static final int LONGEST_BYTES = 4_096;

    private static final Set<String> FLAGS = Set.of("json", "color", "nonzero", "all", "ascii");
    /** What each verb may be asked with; docs/socket.md lists the same. */
    public static final Map<String, Set<String>> OPTIONS = Map.ofEntries(
            Map.entry("sessions", Set.of("json", "color", "proto", "src", "dst", "port", "state", "sort", "limit")),
            Map.entry("stats", Set.of("json", "color", "nonzero")),
            Map.entry("latency", Set.of("json", "color")),
            Map.entry("interfaces", Set.of("json", "color")),
            Map.entry("arp", Set.of("json", "color", "address", "mac", "interface", "at", "all", "zone")),
            Map.entry(
                    HistoryAnswer.LOG,
                    Set.of(
                            "json", "color", "address", "mac", "since", "until", "limit", "all", "ascii", "width",
                            "zone")),
            Map.entry(HistoryAnswer.WHO, Set.of("json", "color", "address", "at", "ascii", "width", "zone")),
            Map.entry(HistoryAnswer.GRAPH, Set.of("json", "color", "limit", "all", "ascii", "width", "zone")),
            Map.entry(VersionAnswer.VERB, Set.of("json", "color")),
            Map.entry(HistoryAnswer.STATUS, Set.of("json", "color", "zone")),
            Map.entry(NeighborsAnswer.ADD, Set.of("json", "color", "address", "mac", "interface")),
            Map.entry(NeighborsAnswer.DEL, Set.of("json", "color", "address")),
            Map.entry(NeighborsAnswer.FLUSH, Set.of("json", "color", "address", "interface", "all")),
            Map.entry(NeighborsAnswer.LOAD, Set.of("json", "color", "bindings")));

    /** @param line without its line feed */
    public static Request read(final String line) throws UsageException {
        if (line.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new UsageException("the request is not printable ASCII");
        }
        final String[] words = line.split(" ", -1);
        final Set<String> allowed = OPTIONS.get(words[0]);
        if (allowed == null) {
            throw new UsageException(
                    "this router does not know the verb: " + (words[0].isEmpty() ? "(empty)" : words[0]));
        }
        final Map<String, String> options = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            readOption(words[0], words[i], allowed, options);
        }
        return new Request(words[0], options);
    }

    private static void readOption(
            final String verb, final String word, final Set<String> allowed, final Map<String, String> options)
            throws UsageException {
        final int equals = word.indexOf('=');
        final String name = word.startsWith("--") ? word.substring(2, equals < 0 ? word.length() : equals) : "";
        if (!allowed.contains(name)) {
            throw new UsageException("%s has no option: %s".formatted(verb, word));
        }
        final boolean isFlag = FLAGS.contains(name);
        if (isFlag != equals < 0 || !isFlag && equals == word.length() - 1) {
            throw new UsageException("--%s %s".formatted(name, isFlag ? "takes no value" : "needs a value"));
        }
        if (options.putIfAbsent(name, isFlag ? "" : word.substring(equals + 1)) != null) {
            throw new UsageException("--%s is given twice".formatted(name));
        }
    }

    boolean has(final String flag) {
        return options.containsKey(flag);
    }

    /** The option's value, or an empty string. */
    String option(final String name) {
        return options.getOrDefault(name, "");
    }

    int number(final String name, final int least, final int most, final int byDefault) throws UsageException {
        final String text = option(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        final int value = parse(text, least, most);
        if (value < 0) {
            throw new UsageException("--%s %s: allowed: %d to %d".formatted(name, text, least, most));
        }
        return value;
    }

    /** A time, as seconds since 1970. */
    long second(final String name, final long byDefault) throws UsageException {
        final String text = option(name);
        if (text.isEmpty()) {
            return byDefault;
        }
        if (text.length() > 12 || text.chars().anyMatch(c -> c < '0' || c > '9')) {
            throw new UsageException("--%s %s: allowed: seconds since 1970".formatted(name, text));
        }
        return Long.parseLong(text);
    }

    /**
     * ADDRESS or ADDRESS/PREFIX; host bits are passed over, as ip and nft do when they filter. Without it: everywhere.
     */
    Subnet subnet(final String name) throws UsageException {
        final String text = option(name);
        if (text.isEmpty()) {
            return SessionFilter.EVERYWHERE;
        }
        final int slash = text.indexOf('/');
        final String address = slash < 0 ? text : text.substring(0, slash);
        final int prefixLength = slash < 0 ? 32 : parse(text.substring(slash + 1), 0, 32);
        if (!Ipv4Text.isAddress(address) || prefixLength < 0) {
            throw new UsageException("--%s %s: allowed: ADDRESS or ADDRESS/PREFIX".formatted(name, text));
        }
        return Subnet.around(Ipv4Text.parse(address), prefixLength);
    }

    /** Times in the zone that the request names; else in UTC. */
    LocalTimes times() throws UsageException {
        final String name = option("zone");
        try {
            return LocalTimes.of(ZoneId.of(name.isEmpty() ? "UTC" : name));
        } catch (final DateTimeException e) {
            throw new UsageException("--zone %s: allowed: a time zone, such as Europe/Berlin".formatted(name));
        }
    }

    /** How much of a line the client's terminal shows. */
    LineWidth width() throws UsageException {
        return LineWidth.of(number(LineWidth.OPTION, LineWidth.NARROWEST, LineWidth.WIDEST, 0), has("ascii"));
    }

    /** A decimal number of that range, none of it negative; or -1. */
    public static int parse(final String text, final int least, final int most) {
        if (text.isEmpty() || text.length() > 9 || text.chars().anyMatch(c -> c < '0' || c > '9')) {
            return -1;
        }
        final int value = Integer.parseInt(text);
        return value >= least && value <= most ? value : -1;
    }
}
