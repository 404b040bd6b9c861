package org.portolan.control.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.control.config.Key.Type;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** What is allowed for a value of the wrong type: how this very value would be right, where that is clear. */
final class WrongType {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern DURATION = Pattern.compile(
            "([0-9]{1,9}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)", Pattern.CASE_INSENSITIVE);

    private WrongType() {}

    static String allowed(final Key key, final Object value) {
        if (key.type().isInteger()) {
            return value instanceof final String text ? number(key.type(), text) : integer(key.type());
        }
        if (key.type() == Type.STRINGS || key.type() == Type.INTEGERS) {
            final boolean one = value instanceof String && key.type() == Type.STRINGS
                    || value instanceof Long && key.type() == Type.INTEGERS;
            return "an " + key.type().text + (one ? ": [" + TomlText.value(value) + "]" : "");
        }
        if (key.type() == Type.BOOLEAN) {
            return "true, false" + (value instanceof String ? ", without quotes" : "");
        }
        if (!key.words().isEmpty()) {
            return key.allowedText();
        }
        return value instanceof TomlArray || value instanceof TomlTable ? "a string" : "a string, in quotes";
    }

    static String allowedElement(final Key key, final Object value) {
        if (key.type() == Type.STRINGS) {
            return "a string, in quotes";
        }
        return value instanceof final String text ? number(Type.INTEGER, text) : integer(Type.INTEGER);
    }

    /** How a number with a unit is written: {@code 300, in seconds}; empty for what is none, or no whole one. */
    static Optional<String> inUnits(final Type type, final String text) {
        final Matcher parts = DURATION.matcher(text);
        if (!parts.matches() || type.unit.isEmpty()) {
            return Optional.empty();
        }
        final long seconds = Long.parseLong(parts.group(1)) * seconds(parts.group(2));
        final long one = seconds(type.unit);
        return seconds % one == 0 ? Optional.of("%d, in %s".formatted(seconds / one, type.unit)) : Optional.empty();
    }

    private static String number(final Type type, final String text) {
        if (NUMBER.matcher(text).matches()) {
            return "an integer, without quotes: " + Long.parseLong(text);
        }
        return inUnits(type, text).orElseGet(() -> integer(type));
    }

    private static String integer(final Type type) {
        return type.unit.isEmpty() ? "an integer" : "an integer, in " + type.unit;
    }

    private static long seconds(final String unit) {
        return switch (unit.toLowerCase(Locale.ROOT).charAt(0)) {
            case 's' -> 1;
            case 'm' -> 60;
            case 'h' -> 3_600;
            case 'd' -> 86_400;
            default -> 604_800;
        };
    }
}
