package org.portolan.control.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** Recognizes a file that is not TOML as a whole, before it is parsed. */
final class FileForm {
    static final int MOST_BYTES = 2 << 20;

    /** Room for 20,000 port forwards. Long runs of empty lines or comments take the parser more than linear time. */
    static final int MOST_LINES = 100_000;

    /** Each value costs the parser some kilobytes of heap. */
    private static final int MOST_COMMAS = 50_000;

    private static final String WRITE = "TOML, as in docs/config.md: [router], then name = \"edge-1\" in the next line";

    private static final Pattern YAML =
            Pattern.compile("\\s*(?:- +)?[\"']?[A-Za-z0-9_.-]+[\"']?:(?:\\s.*)?|\\s*- .*|---.*");
    private static final Pattern TOML =
            Pattern.compile("\\s*[\"'A-Za-z0-9_.-]+\\s*=.*|\\s*\\[\\[?[^\\[\\],]+\\]\\]?\\s*(?:#.*)?");

    /**
     * @param line where it shows, from 1; 0 for the whole file
     * @param message what is wrong
     * @param allowed what to write instead
     */
    record Other(int line, String message, String allowed) {}

    private FileForm() {}

    /** Empty when it may well be TOML. */
    static Optional<Other> of(final String text) {
        final int nul = text.indexOf('\0');
        if (nul >= 0) {
            return Optional.of(new Other(
                    1
                            + (int) text.substring(0, nul)
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count(),
                    "is not a text file: it has a zero byte",
                    "a TOML file in UTF-8"));
        }
        if (count(text, '\n') > MOST_LINES || count(text, ',') > MOST_COMMAS) {
            return Optional.of(new Other(
                    0,
                    "is too large for a config",
                    "at most %,d lines and %,d commas".formatted(MOST_LINES, MOST_COMMAS)));
        }
        if (text.indexOf('\n') < 0 && text.strip().indexOf('\r') >= 0) {
            return Optional.of(new Other(0, "its lines end with CR alone", "LF, or CR and LF"));
        }
        return format(text);
    }

    private static Optional<Other> format(final String text) {
        final String[] lines = text.split("\r?\n", -1);
        int first = 0;
        int yaml = 0;
        int toml = 0;
        for (int i = 0; i < lines.length; i++) {
            final String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            first = first == 0 ? i + 1 : first;
            yaml += YAML.matcher(lines[i]).matches() ? 1 : 0;
            toml += TOML.matcher(lines[i]).matches() ? 1 : 0;
        }
        if (first == 0) {
            return Optional.of(new Other(
                    0,
                    "is empty",
                    "at least one [interfaces.NAME] with role = \"inside\" and one with role = \"outside\""));
        }
        final String start = lines[first - 1].strip();
        if (start.startsWith("{") || start.startsWith("[{") || start.equals("[") && toml == 0) {
            return looksLike(first, "JSON");
        }
        if (start.startsWith("<")) {
            return looksLike(first, "XML");
        }
        return yaml > 0 && toml == 0 ? looksLike(first, "YAML") : Optional.empty();
    }

    private static Optional<Other> looksLike(final int line, final String format) {
        return Optional.of(new Other(line, "this looks like " + format + ", and Portolan reads TOML", WRITE));
    }

    private static long count(final String text, final char wanted) {
        return text.chars().filter(c -> c == wanted).count();
    }
}
