package org.portolan.control.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Declares one key: what it means and what it may hold. The readers, the error messages and docs/config.md all use this
 * declaration. The texts are Markdown, as docs/config.md shows them.
 *
 * @param byDefault what holds without the key; {@value #REQUIRED} when it must be there
 * @param words the words that are allowed, for a key that holds one of a few
 * @param allowed what works; empty for a key that is only planned
 * @param later words or ranges that are planned: each is answered with "not supported yet"
 * @param instead what to do as long as the key is only planned
 */
record Key(
        String name,
        Type type,
        String meaning,
        String byDefault,
        List<String> words,
        String allowed,
        List<String> later,
        String instead) {
    static final String REQUIRED = "required";

    /** What to do about a planned key when there is no other way yet. */
    static final String LEAVE_OUT = "leave it out";

    /** What TOML calls the value, and what an integer counts. */
    enum Type {
        STRING("string", ""),
        INTEGER("integer", ""),
        SECONDS("integer", "seconds"),
        HOURS("integer", "hours"),
        DAYS("integer", "days"),
        STRINGS("array of strings", ""),
        INTEGERS("array of integers", ""),
        BOOLEAN("boolean", ""),
        PLANNED("", "");

        final String text;
        final String unit;

        Type(final String text, final String unit) {
            this.text = text;
            this.unit = unit;
        }

        boolean isInteger() {
            return this == INTEGER || this == SECONDS || this == HOURS || this == DAYS;
        }
    }

    static Key string(final String name, final String meaning, final String byDefault, final String allowed) {
        return new Key(name, Type.STRING, meaning, byDefault, List.of(), allowed, List.of(), "");
    }

    /** One of a few words. */
    static Key choice(final String name, final String meaning, final String byDefault, final String... words) {
        final List<String> all = List.of(words);
        return new Key(name, Type.STRING, meaning, word(byDefault), all, code(all), List.of(), "");
    }

    /** The same key with a default that depends on another key, in words. */
    Key defaultsTo(final String other) {
        return new Key(name, type, meaning, other, words, allowed, later, instead);
    }

    /** @param type one of the integers: it says what is counted */
    static Key integer(
            final String name,
            final String meaning,
            final Type type,
            final int least,
            final int most,
            final int byDefault) {
        return new Key(name, type, meaning, String.valueOf(byDefault), List.of(), range(least, most), List.of(), "");
    }

    static Key bool(final String name, final String meaning, final boolean byDefault) {
        return new Key(name, Type.BOOLEAN, meaning, "`" + byDefault + "`", List.of(), "`true`, `false`", List.of(), "");
    }

    static Key array(
            final String name, final String meaning, final Type type, final String byDefault, final String allowed) {
        return new Key(name, type, meaning, byDefault, List.of(), allowed, List.of(), "");
    }

    /**
     * A key that people expect and that does not work yet.
     *
     * @param instead what an operator does meanwhile
     */
    static Key planned(final String name, final String meaning, final String instead) {
        return new Key(name, Type.PLANNED, meaning, "", List.of(), "", List.of(), instead);
    }

    /** The same key under another name: one of those that the operator chooses. */
    Key named(final String other) {
        return new Key(other, type, meaning, byDefault, words, allowed, later, instead);
    }

    /** The same key, and words or ranges that are planned. */
    Key later(final String... planned) {
        return new Key(name, type, meaning, byDefault, words, allowed, List.of(planned), instead);
    }

    /** The same key, and what else holds for its values. */
    Key but(final String more) {
        return new Key(name, type, meaning, byDefault, words, allowed + more, later, instead);
    }

    boolean isPlanned() {
        return type == Type.PLANNED;
    }

    boolean isRequired() {
        return byDefault.equals(REQUIRED);
    }

    static String range(final int least, final int most) {
        return least == most ? String.valueOf(least) : "%d to %d".formatted(least, most);
    }

    static String word(final String text) {
        return text.equals(REQUIRED) ? text : "`\"" + text + "\"`";
    }

    /** What is allowed as a terminal shows it: without the Markdown. */
    String allowedText() {
        return allowed.replace("`", "");
    }

    private static String code(final List<String> words) {
        return words.stream().map(Key::word).collect(Collectors.joining(", "));
    }

    /** The rows of docs/config.md: one for what works, one for what is planned. */
    List<String> rows() {
        if (isPlanned()) {
            final String meanwhile = instead.isEmpty() || instead.equals(LEAVE_OUT) ? "" : "meanwhile: " + instead;
            return List.of("| `%s` | %s | | | %s | *not yet* |"
                    .formatted(name, meaning, meanwhile)
                    .replace("|  |", "| |"));
        }
        final String first = "| `%s` | %s | %s | %s | %s | **works** |"
                .formatted(name, meaning, type.text, byDefault, allowed)
                .replace("|  |", "| |");
        if (later.isEmpty()) {
            return List.of(first);
        }
        final String planned = type == Type.STRING ? code(later) : String.join(", ", later);
        return List.of(first, "| | | | | %s | *not yet* |".formatted(planned));
    }
}
