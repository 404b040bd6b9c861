package org.portolan.control.config;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tomlj.TomlParseError;
import org.tomlj.TomlPosition;

/**
 * Reports why a text is not TOML, in a few errors: a file in another format breaks the rules in every line, and one
 * sentence about it is worth more than a hundred.
 */
final class SyntaxErrors {
    /** Further ones are counted. */
    static final int MOST = 5;

    private final String[] lines;
    private final Problems problems;

    SyntaxErrors(final String text, final Problems problems) {
        this.lines = text.split("\n", -1);
        this.problems = problems;
    }

    /** The first error of each line: what comes behind it in the line is mostly its consequence. */
    void report(final List<TomlParseError> errors) {
        final Set<Integer> seen = new HashSet<>();
        final List<TomlParseError> sorted = errors.stream()
                .sorted(Comparator.comparingInt((TomlParseError each) -> line(each))
                        .thenComparingInt(each -> each.position().column()))
                .filter(each -> seen.add(line(each)))
                .toList();
        sorted.stream().limit(MOST).forEach(this::report);
        if (sorted.size() > MOST) {
            final int more = sorted.size() - MOST;
            final String message = "not TOML: %d more %s; fix the first ones and check again"
                    .formatted(more, more == 1 ? "error follows" : "errors follow");
            problems.error(sorted.get(MOST).position(), "", "", message, "");
        }
    }

    private void report(final TomlParseError error) {
        final int number = line(error);
        final SourceLine line = SourceLine.of(lines, number - 1);
        final SyntaxHint hint = SyntaxHint.of(line, error.getMessage());
        final boolean aboutValue = hint.aboutValue() && line.isKeyValue();
        problems.error(
                aboutValue ? TomlPosition.positionAt(number, line.valueColumn()) : error.position(),
                aboutValue ? line.fullKey() : "",
                aboutValue ? TomlText.raw(line.value()) : "",
                "not TOML: " + hint.message(),
                hint.allowed());
    }

    private int line(final TomlParseError error) {
        return Math.clamp(error.position().line(), 1, lines.length);
    }
}
