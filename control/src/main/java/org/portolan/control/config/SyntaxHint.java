package org.portolan.control.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.control.config.Key.Type;
import org.portolan.control.log.Printable;

/**
 * What is wrong in a line that is not TOML and how it would be right.
 *
 * @param aboutValue whether the value is what is wrong, so that the error points at it and not at what the parser met
 * @param message what is wrong
 * @param allowed how it is written; empty when the message says it all
 */
record SyntaxHint(boolean aboutValue, String message, String allowed) {
    private static final int LONGEST_CHARS = 80;

    /** What a value without quotes may be made of: a name, an address, a path, a URL, a MAC. */
    private static final Pattern WORD = Pattern.compile("(?!\\.?[0-9]*$)[A-Za-z0-9_./:@+~-]{1,80}");

    private static final Pattern NUMBER = Pattern.compile("[0-9][0-9,.']*");
    private static final Pattern SIZE = Pattern.compile("[0-9]+ ?[KMGT](i?B)?");
    private static final Pattern TYPOGRAPHIC =
            Pattern.compile("[\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u201F\u00AB\u00BB`\u00B4]");
    private static final Pattern SHELL = Pattern.compile("(?:export|set|let|var)\\s+([A-Za-z0-9_-]+)\\s*=\\s*(.+)");
    private static final Pattern DEFINED = Pattern.compile("(.+) previously defined at line (\\d+), column \\d+");
    private static final Pattern ARRAY_OPEN = Pattern.compile("(?s).*the array opened at line (\\d+), .*");

    static SyntaxHint of(final SourceLine line, final String message) {
        return twice(line, message)
                .or(() -> unclosed(message))
                .or(() -> typographic(line))
                .or(() -> shell(line))
                .or(() -> line.isKeyValue() ? value(line, message) : shape(line))
                .orElseGet(() -> new SyntaxHint(false, Printable.of(message), ""));
    }

    private static Optional<SyntaxHint> twice(final SourceLine line, final String message) {
        final Matcher twice = DEFINED.matcher(message);
        if (!twice.matches()) {
            return Optional.empty();
        }
        final String what = line.text().startsWith("[") ? "[%s]".formatted(twice.group(1)) : twice.group(1);
        return hint(
                false, "%s is there already, in line %s".formatted(Printable.of(what), twice.group(2)), "each once");
    }

    private static Optional<SyntaxHint> unclosed(final String message) {
        final Matcher open = ARRAY_OPEN.matcher(message);
        return open.matches()
                ? hint(false, "the array that begins in line %s has no ]".formatted(open.group(1)), "")
                : Optional.empty();
    }

    private static Optional<SyntaxHint> typographic(final SourceLine line) {
        if (!TYPOGRAPHIC.matcher(line.text()).find()) {
            return Optional.empty();
        }
        final String plain = TYPOGRAPHIC.matcher(line.text()).replaceAll("\"");
        return hint(line.isKeyValue(), "typographic quotes", shown(plain, "plain quotes, \" or '"));
    }

    private static Optional<SyntaxHint> shell(final SourceLine line) {
        final Matcher words = SHELL.matcher(line.text());
        return words.matches()
                ? hint(false, "a line begins with its key", shown(words.group(1) + " = " + words.group(2), ""))
                : Optional.empty();
    }

    // ---- key = value

    private static Optional<SyntaxHint> value(final SourceLine line, final String message) {
        final String value = line.value();
        if (value.isEmpty()) {
            return hint(false, "there is no value after the =", "");
        }
        final char last = value.charAt(value.length() - 1);
        if (last == ',' || last == ';') {
            return hint(
                    true,
                    "the %c at the end of the line is too much".formatted(last),
                    shown(line.key() + " = " + bare(value), ""));
        }
        final char first = value.charAt(0);
        if (first == '"' || first == '\'') {
            return quoted(line, first, message);
        }
        final Optional<String> number = number(line, value);
        if (number.isPresent()) {
            return hint(true, "is not a number", number.orElseThrow());
        }
        return WORD.matcher(value).matches() ? word(line, value) : Optional.empty();
    }

    private static Optional<SyntaxHint> quoted(final SourceLine line, final char quote, final String message) {
        if (message.startsWith("Invalid escape")) {
            return hint(
                    true, "a backslash begins an escape", "\\\\ for a backslash, or quotes of the other kind: '...'");
        }
        final int close = line.value().indexOf(quote, 1);
        return close < 0
                ? hint(true, "the closing " + quote + " is missing", "")
                : hint(true, "there is more after the closing " + quote, "one value, and a comment after #");
    }

    private static Optional<SyntaxHint> word(final SourceLine line, final String value) {
        return switch (value) {
            case "True", "TRUE", "yes", "Yes", "on", "On" -> hint(true, "is not a TOML value", "true");
            case "False", "FALSE", "no", "No", "off", "Off" -> hint(true, "is not a TOML value", "false");
            default -> hint(true, "text needs quotes", "\"" + value + "\"");
        };
    }

    /** How a number is written that has a unit, separators or leading zeros. */
    private static Optional<String> number(final SourceLine line, final String value) {
        final Type type = line.declared().map(Key::type).orElse(Type.SECONDS);
        if (!type.isInteger()) {
            return SIZE.matcher(value).matches() ? Optional.of("\"" + value + "\"") : Optional.empty();
        }
        final Optional<String> inUnits = WrongType.inUnits(type, value);
        if (inUnits.isPresent()) {
            return inUnits;
        }
        if (NUMBER.matcher(value).matches() && value.indexOf('.') == value.lastIndexOf('.')) {
            return Optional.of(value.replaceAll("[^0-9]", "").replaceFirst("^0+(?=[0-9])", ""));
        }
        if (SIZE.matcher(value).matches() && line.declared().isEmpty()) {
            return Optional.of("an integer without a unit");
        }
        return line.declared().map(key -> WrongType.allowed(key, value));
    }

    // ---- what is not a key = value

    private static Optional<SyntaxHint> shape(final SourceLine line) {
        final String text = line.text();
        if (text.startsWith(";") || text.startsWith("//")) {
            return hint(false, "a comment begins with #", shown("# " + text.replaceFirst("^[;/]+\\s*", ""), ""));
        }
        if (text.startsWith("=")) {
            return hint(false, "there is no key before the =", "");
        }
        if (text.startsWith("[")) {
            return header(text);
        }
        if (line.key().isEmpty()
                && !text.isEmpty()
                && text.chars()
                        .allMatch(c -> Ipv4Text.isDigit((char) c)
                                || c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c == '_'
                                || c == '-')) {
            return hint(false, "there is no value: %s".formatted(Printable.of(text)), shown(text + " = ...", ""));
        }
        if (line.key().isEmpty() || line.value().isEmpty() || line.value().length() > LONGEST_CHARS) {
            return Optional.empty();
        }
        final String what =
                line.separator().equals(":") ? "a key and its value are joined by =, not :" : "there is no =";
        return hint(false, what, shown(line.key() + " = " + right(line), ""));
    }

    private static Optional<SyntaxHint> header(final String text) {
        final String name = text.replaceAll("[\\[\\]]", "").strip();
        if (name.isEmpty()) {
            return hint(false, "a section has a name", "[SECTION]");
        }
        final boolean array = text.startsWith("[[");
        final String right = array ? "[[" + name + "]]" : "[" + name + "]";
        if (text.equals(right)) {
            final String joined = name.replaceAll("\\s+", ".");
            return hint(false, "is not a section header", shown(right.replace(name, joined), ""));
        }
        return hint(false, "is not a section header", shown(right, ""));
    }

    /** The value as TOML has it: as it is when it is quoted or a number already. */
    private static String right(final SourceLine line) {
        final String value = line.value().replaceFirst("[,;]$", "").strip();
        final boolean plain = value.startsWith("\"")
                || value.startsWith("'")
                || value.startsWith("[")
                || value.matches("[0-9]{1,18}|true|false");
        return plain ? value : "\"" + value + "\"";
    }

    private static String bare(final String value) {
        final String text = value.replaceFirst("[,;]+$", "").strip();
        return WORD.matcher(text).matches() && !text.matches("[0-9]{1,18}|true|false") ? "\"" + text + "\"" : text;
    }

    private static String shown(final String text, final String otherwise) {
        return text.length() <= LONGEST_CHARS ? Printable.of(text) : otherwise;
    }

    private static Optional<SyntaxHint> hint(final boolean aboutValue, final String message, final String allowed) {
        return Optional.of(new SyntaxHint(aboutValue, message, allowed));
    }
}
