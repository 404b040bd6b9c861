package org.portolan.control.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a file that is not TOML, taken apart as well as it can be: what its writer had in mind.
 *
 * @param section path of the section it stands in, as far as the headers above tell; empty at the file's beginning
 * @param key what is before the first = or :, without quotes; empty when there is none
 * @param separator = or : or a space; empty when there is none
 * @param value what is behind it, without a comment
 * @param valueColumn where the value begins, from 1
 * @param text the line without a comment and without spaces around it
 */
record SourceLine(String section, String key, String separator, String value, int valueColumn, String text) {
    private static final Pattern KEY_VALUE =
            Pattern.compile("\\s*([\"']?)([A-Za-z0-9_.-]{1,100})\\1(\\s*[=:]\\s*|\\s+)(.*)", Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("\\s*\\[+\\s*([^\\[\\]#]{1,100}?)\\s*\\]+\\s*(?:#.*)?");

    static SourceLine of(final String[] lines, final int index) {
        final String line = withoutComment(lines[index]);
        final String section = section(lines, index);
        final Matcher parts = KEY_VALUE.matcher(line);
        if (!parts.matches()) {
            return new SourceLine(section, "", "", "", 1, line.strip());
        }
        final String between = parts.group(3).strip();
        return new SourceLine(
                section,
                parts.group(2),
                between.isEmpty() ? " " : between,
                parts.group(4).strip(),
                line.codePointCount(0, parts.start(4)) + 1,
                line.strip());
    }

    boolean isKeyValue() {
        return separator.equals("=");
    }

    String fullKey() {
        return section.isEmpty() ? key : section + "." + key;
    }

    /** What {@link ConfigTable} declares under this key, in this section. */
    Optional<Key> declared() {
        final String path = section.startsWith("interfaces.") ? "interfaces." + ConfigTable.ANY : section;
        return ConfigTable.at(path).flatMap(keys -> keys.key(key));
    }

    private static String section(final String[] lines, final int index) {
        for (int i = index - 1; i >= 0; i--) {
            final Matcher header = HEADER.matcher(lines[i]);
            if (header.matches()) {
                return header.group(1);
            }
        }
        return "";
    }

    /** Without what follows a # that is in no quotes. */
    private static String withoutComment(final String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#') {
                return line.substring(0, i);
            }
        }
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
