package org.portolan.control.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.portolan.control.config.Key.Type;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlKeyValue;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file and how far it has been read. Each reading method checks the type and returns nothing when the
 * key is missing or wrong; a wrong one has been reported by then.
 *
 * <p>Only what {@link ConfigTable} declares can be read, with the words and limits that stand there, and
 * {@link #finish} wants all of it to have been read. Anything else is a fault of the reader, and an exception.
 */
final class Section {
    private static final TomlTable EMPTY = Toml.parse("");

    private final Problems problems;
    private final SectionKeys declared;
    private final TomlTable table;
    private final String path;
    private final TomlPosition position;
    private final Collection<String> read = new HashSet<>();

    private Section(
            final Problems problems,
            final SectionKeys declared,
            final TomlTable table,
            final String path,
            final TomlPosition position) {
        this.problems = problems;
        this.declared = declared;
        this.table = table;
        this.path = path;
        this.position = position;
    }

    static Section root(final TomlTable file, final Problems problems) {
        return new Section(problems, ConfigTable.at("").orElseThrow(), file, "", null);
    }

    /** A table below; an empty one when it is missing or not a table. */
    Section table(final String key) {
        read.add(key);
        return table(key, below(key));
    }

    /** Every key of this table as a table below it, as [interfaces.NAME] wants it. */
    List<Section> tables() {
        final SectionKeys any = below(ConfigTable.ANY);
        return table.keySet().stream().map(key -> table(key, any)).toList();
    }

    /** An array of tables, [[KEY]]. */
    List<Section> tables(final String key) {
        final SectionKeys declaredBelow = below(key);
        final List<Section> sections = new ArrayList<>();
        for (final Item<Object> item : items(key, "an array of tables, [[" + fullKey(key) + "]]")) {
            if (item.value() instanceof final TomlTable below) {
                sections.add(new Section(problems, declaredBelow, below, item.key(), item.position()));
            } else {
                item.problem("is " + TomlText.type(item.value()), "a table, [[" + fullKey(key) + "]]");
            }
        }
        return sections;
    }

    Optional<Item<String>> string(final String key) {
        return string(declared(key, Type.STRING));
    }

    Optional<Item<String>> requiredString(final String key, final String allowed) {
        final Key declaredKey = declared(key, Type.STRING);
        agree(key, "required", declaredKey.isRequired());
        if (!has(key)) {
            missing(key, allowed);
        }
        return string(declaredKey);
    }

    int integer(final String key, final int least, final int most, final int byDefault) {
        final Key declaredKey = declared(key, Type.INTEGER);
        agree(key, Key.range(least, most), declaredKey.allowed().startsWith(Key.range(least, most)));
        // A default that depends on another key is declared in words.
        final boolean isNumber = declaredKey.byDefault().matches("\\d+");
        agree(key, "default " + byDefault, !isNumber || declaredKey.byDefault().equals(String.valueOf(byDefault)));
        return typed(declaredKey, Long.class)
                .filter(item -> inRange(item, least, most, declaredKey.later()))
                .map(item -> item.value().intValue())
                .orElse(byDefault);
    }

    boolean bool(final String key, final boolean byDefault) {
        final Key declaredKey = declared(key, Type.BOOLEAN);
        agree(key, "default " + byDefault, declaredKey.byDefault().equals("`" + byDefault + "`"));
        return typed(declaredKey, Boolean.class).map(Item::value).orElse(byDefault);
    }

    /**
     * The integers of a table whose keys are numbers, by key.
     *
     * @param any the declared key that stands for all of them
     */
    Map<Integer, Integer> numbered(
            final String any, final int leastKey, final int mostKey, final int least, final int most) {
        final Key declaredKey = declared(any, Type.INTEGER);
        agree(any, Key.range(least, most), declaredKey.allowed().startsWith(Key.range(least, most)));
        final Map<Integer, Integer> numbers = new TreeMap<>();
        for (final String key : table.keySet()) {
            read.add(key);
            if (!key.matches("[1-9][0-9]{0,8}|0")
                    || Integer.parseInt(key) < leastKey
                    || Integer.parseInt(key) > mostKey) {
                problems.error(
                        keyPosition(key),
                        fullKey(key),
                        TomlText.value(value(key)),
                        "the key is no number in range",
                        Key.range(leastKey, mostKey));
                continue;
            }
            typed(declaredKey.named(key), Long.class)
                    .filter(item -> inRange(item, least, most, List.of()))
                    .ifPresent(item ->
                            numbers.put(Integer.parseInt(key), item.value().intValue()));
        }
        return numbers;
    }

    /** The elements of an array of strings. */
    List<Item<String>> strings(final String key) {
        return elements(declared(key, Type.STRINGS), String.class);
    }

    /** The elements of an array of integers, those out of range reported and left out. */
    List<Item<Long>> integers(final String key, final int least, final int most) {
        final Key declaredKey = declared(key, Type.INTEGERS);
        agree(key, Key.range(least, most), declaredKey.allowed().startsWith(Key.range(least, most)));
        return elements(declaredKey, Long.class).stream()
                .filter(item -> inRange(item, least, most, List.of()))
                .toList();
    }

    /**
     * One of a few words.
     *
     * @param supported what works
     * @param planned what the plan knows and the code does not yet
     */
    String choice(final String key, final String byDefault, final List<String> supported, final List<String> planned) {
        final Key declaredKey = choice(key, supported, planned);
        agree(key, "default " + byDefault, declaredKey.byDefault().equals(Key.word(byDefault)));
        return string(declaredKey)
                .filter(item -> isChoice(item, declaredKey))
                .map(Item::value)
                .orElse(byDefault);
    }

    /** Like the other, for a key whose default depends on another key. */
    Optional<String> choice(final String key, final List<String> supported) {
        final Key declaredKey = choice(key, supported, List.of());
        return string(declaredKey).filter(item -> isChoice(item, declaredKey)).map(Item::value);
    }

    /** Like {@link #choice}, for a key that has no default. */
    Optional<String> requiredChoice(final String key, final List<String> supported) {
        final Key declaredKey = choice(key, supported, List.of());
        return requiredString(key, quoted(supported))
                .filter(item -> isChoice(item, declaredKey))
                .map(Item::value);
    }

    void problem(final String key, final String message, final String allowed) {
        problems.error(valuePosition(key), fullKey(key), TomlText.value(value(key)), message, allowed);
    }

    void missing(final String key, final String allowed) {
        problems.error(position, fullKey(key), "", "is missing", allowed);
    }

    void notice(final String message) {
        problems.notice(position, path, "", message);
    }

    void notice(final String key, final String message) {
        problems.notice(valuePosition(key), fullKey(key), TomlText.value(value(key)), message);
    }

    /** Reports the keys that are not declared here or are only planned, at the key itself. */
    void finish() {
        declared.keys().stream().filter(key -> !key.isPlanned()).map(Key::name).forEach(this::wasRead);
        ConfigTable.below(declared.path()).forEach(this::wasRead);
        final UnknownKey unknown = new UnknownKey(declared);
        for (final String key : table.keySet()) {
            if (!read.contains(key)) {
                final boolean planned = unknown.isPlanned(key);
                problems.error(
                        keyPosition(key),
                        fullKey(key),
                        TomlText.value(value(key)),
                        planned ? unknown.planned(key) : unknown.message(key, value(key)),
                        planned ? "" : unknown.allowed());
            }
        }
    }

    private void wasRead(final String key) {
        agree(key, "read", read.contains(key));
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

    // ---- what is declared

    private Key declared(final String key, final Type type) {
        read.add(key);
        final Key found = declared.key(key)
                .orElseThrow(() -> new IllegalStateException(
                        "%s reads %s, which ConfigTable does not declare".formatted(declared.header(), key)));
        agree(key, type.text, found.type().text.equals(type.text));
        return found;
    }

    private Key choice(final String key, final List<String> supported, final List<String> planned) {
        final Key found = declared(key, Type.STRING);
        agree(
                key,
                supported + ", later " + planned,
                found.words().equals(supported) && found.later().equals(planned));
        return found;
    }

    private SectionKeys below(final String key) {
        read.add(key);
        final String below = declared.path().isEmpty() ? key : declared.path() + "." + key;
        return ConfigTable.at(below)
                .or(() -> Optional.of(SectionKeys.of("[" + below + "]")).filter(each -> ConfigTable.isParent(below)))
                .orElseThrow(() -> new IllegalStateException("ConfigTable declares no section " + below));
    }

    private void agree(final String key, final String what, final boolean does) {
        if (!does) {
            throw new IllegalStateException(
                    "the reader and ConfigTable differ on %s %s: %s".formatted(declared.header(), key, what));
        }
    }

    // ---- what the file has

    private Section table(final String key, final SectionKeys declaredBelow) {
        final Object value = value(key);
        if (value instanceof final TomlTable below) {
            return new Section(problems, declaredBelow, below, fullKey(key), keyPosition(key));
        }
        if (value != null) {
            problem(key, "is " + TomlText.type(value), "a table, [" + fullKey(key) + "]");
        }
        return new Section(problems, declaredBelow, EMPTY, fullKey(key), position);
    }

    private Optional<Item<String>> string(final Key key) {
        return typed(key, String.class).filter(item -> !key.words().isEmpty() || isNow(item, key));
    }

    /** Whether the value is none that is only planned. */
    private static boolean isNow(final Item<String> item, final Key key) {
        final boolean planned = key.later().stream().anyMatch(word -> word.equalsIgnoreCase(item.value()));
        if (planned) {
            item.problem("not supported yet", key.allowedText());
        }
        return !planned;
    }

    private static boolean isChoice(final Item<String> item, final Key key) {
        if (key.words().contains(item.value())) {
            return true;
        }
        if (key.later().contains(item.value())) {
            item.problem("not supported yet", key.allowedText());
            return false;
        }
        final List<String> all = new ArrayList<>(key.words());
        all.addAll(key.later());
        final String near = Nearest.to(item.value(), all);
        item.problem("no such value" + (near.isEmpty() ? "" : ", did you mean \"" + near + "\"?"), key.allowedText());
        return false;
    }

    private static boolean inRange(
            final Item<Long> item, final int least, final int most, final List<String> laterRanges) {
        if (item.value() >= least && item.value() <= most) {
            return true;
        }
        final boolean planned = laterRanges.stream().anyMatch(range -> item.value() > most && isUpTo(item, range));
        item.problem(planned ? "not supported yet" : "out of range", Key.range(least, most));
        return false;
    }

    /** Whether the value is at most the last number of a range such as {@code 2 to 64}. */
    private static boolean isUpTo(final Item<Long> item, final String range) {
        return item.value() <= Long.parseLong(range.substring(range.lastIndexOf(' ') + 1));
    }

    private <T> Optional<Item<T>> typed(final Key key, final Class<T> type) {
        final Object value = value(key.name());
        if (type.isInstance(value)) {
            return Optional.of(new Item<>(problems, valuePosition(key.name()), fullKey(key.name()), type.cast(value)));
        }
        if (value != null) {
            problem(key.name(), "is " + TomlText.type(value), WrongType.allowed(key, value));
        }
        return Optional.empty();
    }

    private <T> List<Item<T>> elements(final Key key, final Class<T> type) {
        final List<Item<T>> found = new ArrayList<>();
        final Object whole = value(key.name());
        for (final Item<Object> item : items(key.name(), WrongType.allowed(key, whole))) {
            if (type.isInstance(item.value())) {
                found.add(new Item<>(problems, item.position(), item.key(), type.cast(item.value())));
            } else {
                item.problem("is " + TomlText.type(item.value()), WrongType.allowedElement(key, item.value()));
            }
        }
        return found;
    }

    private List<Item<Object>> items(final String key, final String allowed) {
        final Object value = value(key);
        if (!(value instanceof final TomlArray array)) {
            if (value != null) {
                problem(key, "is " + TomlText.type(value), allowed);
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

    private TomlPosition keyPosition(final String key) {
        final TomlPosition found = table.inputPositionOf(List.of(key));
        return found == null ? position : found;
    }

    /** Of a table that only its sub-tables name there is no place but the key's. */
    private TomlPosition valuePosition(final String key) {
        final TomlKeyValue entry = table.entry(List.of(key));
        final TomlPosition found =
                entry == null || entry.value() == null ? null : entry.value().position();
        return found == null ? keyPosition(key) : found;
    }

    private String fullKey(final String key) {
        return path.isEmpty() ? TomlText.key(key) : path + "." + TomlText.key(key);
    }
}
