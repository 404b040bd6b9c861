package org.portolan.control.config;

import java.nio.file.Path;
import java.util.Locale;
import org.portolan.control.log.Printable;

/**
 * One thing to say about a config file: an error, or a notice. It prints as
 * {@code FILE:LINE:COLUMN: error: KEY = VALUE: what is wrong; allowed: what is allowed}, the shape that compilers have
 * and editors jump to.
 *
 * @param line from 1; 0 when the whole file is meant
 * @param column from 1
 * @param key full key, as {@code nat.timeouts.udp} or {@code routes[0].via}; empty when there is none
 * @param value what the file says, as TOML; empty when it says nothing
 * @param message what is wrong
 * @param allowed what would be right; empty when the message says it all
 */
public record Problem(
        Severity severity, Path file, int line, int column, String key, String value, String message, String allowed) {

    /** An error stops, a notice does not. */
    public enum Severity {
        ERROR,
        NOTICE
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(160).append(Printable.of(file.toString()));
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ").append(severity.name().toLowerCase(Locale.ROOT)).append(": ");
        if (!key.isEmpty()) {
            text.append(key);
            if (!value.isEmpty()) {
                text.append(" = ").append(value);
            }
            text.append(": ");
        }
        text.append(message);
        if (!allowed.isEmpty()) {
            text.append("; allowed: ").append(allowed);
        }
        return text.toString();
    }
}
