package org.portolan.control.config;

import org.portolan.control.log.Printable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Values and keys of a TOML file as an error message shows them: short, printable, recognizable. */
final class TomlText {
    private static final int LONGEST_CHARS = 80;

    private TomlText() {}

    /** The value as the file might have it; tables and long arrays are abbreviated. */
    static String value(final Object value) {
        final String text = render(value);
        return text.length() <= LONGEST_CHARS ? text : text.substring(0, LONGEST_CHARS - 3) + "...";
    }

    /** What stands in the file where a value should be. */
    static String raw(final String text) {
        return text.length() <= LONGEST_CHARS
                ? Printable.of(text)
                : Printable.of(text.substring(0, LONGEST_CHARS - 3)) + "...";
    }

    /** One word for the value's type, as TOML calls it. */
    static String type(final Object value) {
        return switch (value) {
            case null -> "nothing";
            case String ignored -> "a string";
            case Long ignored -> "an integer";
            case Double ignored -> "a float";
            case Boolean ignored -> "a boolean";
            case TomlArray ignored -> "an array";
            case TomlTable ignored -> "a table";
            default -> "a date or time";
        };
    }

    /** A key, quoted where TOML wants it. */
    static String key(final String key) {
        return !key.isEmpty() && key.chars().allMatch(TomlText::isBare) ? key : '"' + Printable.of(key) + '"';
    }

    private static boolean isBare(final int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static String render(final Object value) {
        return switch (value) {
            case String s ->
                '"' + Printable.of(s.length() <= 2 * LONGEST_CHARS ? s : s.substring(0, 2 * LONGEST_CHARS)) + '"';
            case TomlArray array -> render(array);
            case TomlTable table -> table.isEmpty() ? "{}" : "{ ... }";
            case null -> "";
            default -> Printable.of(value.toString());
        };
    }

    private static String render(final TomlArray array) {
        final StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < array.size() && text.length() <= LONGEST_CHARS; i++) {
            final Object element = array.get(i);
            text.append(i == 0 ? "" : ", ").append(element instanceof TomlArray ? "[ ... ]" : render(element));
        }
        return text.append(']').toString();
    }
}
