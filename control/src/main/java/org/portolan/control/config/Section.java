package org.portolan.control.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file and how far it has been read. Each reading method checks the type, remembers that the key is a
 * known one, and returns nothing when the key is missing or wrong; a wrong one has been reported by then.
 */
final class Section {
    private static final TomlTable EMPTY = Toml.parse("");

    /** Where a key belongs that people put into the wrong table. */
    private static final Map<String, String> HOMES = Map.ofEntries(
            Map.entry("run", "[router]"),
            Map.entry("device", "[interfaces.NAME]"),
            Map.entry("role", "[interfaces.NAME]"),
            Map.entry("interface", "[[neighbors]]"),
            Map.entry("mac", "[[neighbors]]"),
            Map.entry("reachable", "[arp]"),
            Map.entry("via", "[[routes]]"),
            Map.entry("destination", "[[routes]]"),
            Map.entry("mapping", "[nat]"),
            Map.entry("filtering", "[nat]"),
            Map.entry("pool", "[nat]"),
            Map.entry("max_sessions", "[nat]"),
            Map.entry("timeouts", "[nat.timeouts]"),
            Map.entry("udp", "[nat.timeouts]"),
            Map.entry("tcp_established", "[nat.timeouts]"),
            Map.entry("forward", "[[nat.forward]]"),
            Map.entry("forwards", "[[nat.forward]]"),
            Map.entry("driver", "[io]"),
            Map.entry("workers", "[io]"),
            Map.entry("idle", "[io]"),
            Map.entry("cpus", "[io]"),
            Map.entry("serve", "[history]"),
            Map.entry("peers", "[[history.peers]]"),
            Map.entry("peer", "[[history.peers]]"),
            Map.entry("url", "[[history.peers]]"),
            Map.entry("every", "[[history.peers]]"),
            Map.entry("keep_days", "[history]"),
            Map.entry("max_size", "[history]"),
            Map.entry("file_size", "[latency]"),
            Map.entry("file_hours", "[latency]"),
            Map.entry("max_files", "[latency]"),
            Map.entry("socket", "[control]"),
            Map.entry("user", "[control]"),
            Map.entry("log", "[control]"));

    private final Problems problems;
    private final TomlTable table;
    private final String path;
    private final TomlPosition position;
    private final Collection<String> known = new TreeSet<>();

    private Section(final Problems problems, final TomlTable table, final String path, final TomlPosition position) {
        this.problems = problems;
        this.table = table;
        this.path = path;
        this.position = position;
    }

    static Section root(final TomlTable file, final Problems problems) {
        return new Section(problems, file, "", null);
    }

    /** A table below; an empty one when it is missing or not a table. */
    Section table(final String key) {
        known.add(key);
        final Object value = value(key);
        if (value instanceof final TomlTable below) {
            return new Section(problems, below, fullKey(key), positionOf(key));
        }
        if (value != null) {
            problem(key, "is " + TomlText.type(value), "a table, [" + fullKey(key) + "]");
        }
        return new Section(problems, EMPTY, fullKey(key), position);
    }

    /** Every key of this table as a table below it, as [interfaces.NAME] wants it. */
    List<Section> tables() {
        return table.keySet().stream().map(this::table).toList();
    }

    /** An array of tables, [[KEY]]. */
    List<Section> tables(final String key) {
        final List<Section> sections = new ArrayList<>();
        for (final Item<Object> item : items(key, "tables, [[" + fullKey(key) + "]]")) {
            if (item.value() instanceof final TomlTable below) {
                sections.add(new Section(problems, below, item.key(), item.position()));
            } else {
                item.problem("is " + TomlText.type(item.value()), "a table, [[" + fullKey(key) + "]]");
            }
        }
        return sections;
    }

    Optional<Item<String>> string(final String key) {
        return typed(key, String.class, "a string");
    }

    Optional<Item<String>> requiredString(final String key, final String allowed) {
        if (!has(key)) {
            known.add(key);
            missing(key, allowed);
        }
        return string(key);
    }

    int integer(final String key, final int least, final int most, final int byDefault) {
        return typed(key, Long.class, "an integer")
                .filter(item -> inRange(item, least, most))
                .map(item -> item.value().intValue())
                .orElse(byDefault);
    }

    /** The elements of an array of strings. */
    List<Item<String>> strings(final String key) {
        return elements(key, String.class, "strings", "a string");
    }

    /** The elements of an array of integers, those out of range reported and left out. */
    List<Item<Long>> integers(final String key, final int least, final int most) {
        return elements(key, Long.class, "integers", "an integer").stream()
                .filter(item -> inRange(item, least, most))
                .toList();
    }

    /**
     * One of a few words.
     *
     * @param supported what works
     * @param planned what the plan knows and the code does not yet
     */
    String choice(final String key, final String byDefault, final List<String> supported, final List<String> planned) {
        return string(key)
                .filter(item -> isChoice(item, supported, planned))
                .map(Item::value)
                .orElse(byDefault);
    }

    /** Like {@link #choice}, for a key that has no default. */
    Optional<String> requiredChoice(final String key, final List<String> supported) {
        return requiredString(key, quoted(supported))
                .filter(item -> isChoice(item, supported, List.of()))
                .map(Item::value);
    }

    /** A key that the plan knows and the code does not yet. */
    void planned(final String key) {
        known.add(key);
        if (has(key)) {
            problem(key, "not supported yet, leave it out", "");
        }
    }

    void problem(final String key, final String message, final String allowed) {
        problems.error(positionOf(key), fullKey(key), TomlText.value(value(key)), message, allowed);
    }

    void missing(final String key, final String allowed) {
        problems.error(position, fullKey(key), "", "is missing", allowed);
    }

    void notice(final String message) {
        problems.notice(position, path, "", message);
    }

    void notice(final String key, final String message) {
        problems.notice(positionOf(key), fullKey(key), TomlText.value(value(key)), message);
    }

    /** Reports the keys that nobody has read. */
    void finish() {
        for (final String key : table.keySet()) {
            if (!known.contains(key)) {
                problem(key, unknown(key), String.join(", ", known));
            }
        }
    }

    /** Whether the file has this table, or this key in it. */
    boolean has(final String key) {
        return value(key) != null;
    }

    /** How many errors there are by now, anywhere in the file; for {@link #isSoundSince}. */
    int mark() {
        return problems.errorCount();
    }

    /** Whether nothing wrong was found since the mark. */
    boolean isSoundSince(final int mark) {
        return problems.errorCount() == mark;
    }

    String path() {
        return path;
    }

    TomlPosition position() {
        return position;
    }

    Problems problems() {
        return problems;
    }

    static String quoted(final List<String> words) {
        return words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(", "));
    }

    static boolean isChoice(final Item<String> item, final List<String> supported, final List<String> planned) {
        if (supported.contains(item.value())) {
            return true;
        }
        if (planned.contains(item.value())) {
            item.problem("not supported yet", quoted(supported));
            return false;
        }
        final List<String> all = new ArrayList<>(supported);
        all.addAll(planned);
        final String near = Nearest.to(item.value(), all);
        item.problem("no such value" + (near.isEmpty() ? "" : ", did you mean \"" + near + "\"?"), quoted(supported));
        return false;
    }

    private String unknown(final String key) {
        final String near = Nearest.to(key, known);
        if (!near.isEmpty()) {
            return "unknown key, did you mean \"" + near + "\"?";
        }
        final String home = HOMES.get(key);
        return home == null ? "unknown key" : "unknown key here, it belongs in " + home;
    }

    private static boolean inRange(final Item<Long> item, final int least, final int most) {
        if (item.value() >= least && item.value() <= most) {
            return true;
        }
        item.problem("out of range", "%d to %d".formatted(least, most));
        return false;
    }

    private <T> Optional<Item<T>> typed(final String key, final Class<T> type, final String what) {
        known.add(key);
        final Object value = value(key);
        if (type.isInstance(value)) {
            return Optional.of(new Item<>(problems, positionOf(key), fullKey(key), type.cast(value)));
        }
        if (value != null) {
            problem(key, "is " + TomlText.type(value), what);
        }
        return Optional.empty();
    }

    private <T> List<Item<T>> elements(final String key, final Class<T> type, final String what, final String one) {
        final List<Item<T>> found = new ArrayList<>();
        for (final Item<Object> item : items(key, what)) {
            if (type.isInstance(item.value())) {
                found.add(new Item<>(problems, item.position(), item.key(), type.cast(item.value())));
            } else {
                item.problem("is " + TomlText.type(item.value()), one);
            }
        }
        return found;
    }

    private List<Item<Object>> items(final String key, final String what) {
        known.add(key);
        final Object value = value(key);
        if (!(value instanceof final TomlArray array)) {
            if (value != null) {
                problem(key, "is " + TomlText.type(value), "an array of " + what);
            }
            return List.of();
        }
        final List<Item<Object>> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(new Item<>(problems, array.inputPositionOf(i), fullKey(key) + "[" + i + "]", array.get(i)));
        }
        return items;
    }

    private Object value(final String key) {
        return table.get(List.of(key));
    }

    private TomlPosition positionOf(final String key) {
        final TomlPosition found = table.inputPositionOf(List.of(key));
        return found == null ? position : found;
    }

    private String fullKey(final String key) {
        return path.isEmpty() ? TomlText.key(key) : path + "." + TomlText.key(key);
    }
}
