package org.portolan.control.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.portolan.control.config.Problem.Severity;
import org.tomlj.TomlPosition;

/** Everything found while one file is read: errors, and notices, which stop nothing. */
final class Problems {
    private static final Comparator<Problem> BY_PLACE =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    private final Path file;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> notices = new ArrayList<>();

    Problems(final Path file) {
        this.file = file;
    }

    /** @param position null when the whole file is meant; the other arguments as in {@link Problem} */
    void error(
            final TomlPosition position,
            final String key,
            final String value,
            final String message,
            final String allowed) {
        errors.add(at(Severity.ERROR, position, key, value, message, allowed));
    }

    void notice(final TomlPosition position, final String key, final String value, final String message) {
        notices.add(at(Severity.NOTICE, position, key, value, message, ""));
    }

    int errorCount() {
        return errors.size();
    }

    /** In the order of the file. */
    List<Problem> errors() {
        return errors.stream().sorted(BY_PLACE).toList();
    }

    /** In the order of the file. */
    List<Problem> notices() {
        return notices.stream().sorted(BY_PLACE).toList();
    }

    private Problem at(
            final Severity severity,
            final TomlPosition position,
            final String key,
            final String value,
            final String message,
            final String allowed) {
        final int line = position == null ? 0 : position.line();
        final int column = position == null ? 0 : position.column();
        return new Problem(severity, file, line, column, key, value, message, allowed);
    }
}
