package org.portolan.control.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.portolan.control.log.FileFailure;
import org.tomlj.TomlPosition;

/** The text of a config file, or a problem that says why there is none. */
final class FileText {
    private static final String TOML_FILE = "a TOML file in UTF-8";
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private FileText() {}

    static Optional<String> read(final Path file, final Problems problems) {
        final byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                problems.error(null, "", "", "cannot be read: it is a directory", "a TOML file");
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(FileForm.MOST_BYTES + 1);
            }
        } catch (final IOException e) {
            problems.error(null, "", "", "cannot be read: " + FileFailure.reason(e), "");
            return Optional.empty();
        }
        if (bytes.length > FileForm.MOST_BYTES) {
            problems.error(
                    null, "", "", "is too large for a config", "at most %d MiB".formatted(FileForm.MOST_BYTES >> 20));
            return Optional.empty();
        }
        return decode(bytes, problems);
    }

    private static Optional<String> decode(final byte[] bytes, final Problems problems) {
        if (isUtf16(bytes)) {
            problems.error(null, "", "", "is UTF-16 text: save it again as UTF-8", TOML_FILE);
            return Optional.empty();
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        final CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        final CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        final String text = out.flip().toString();
        if (!result.isError()) {
            return Optional.of(text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text);
        }
        if (text.indexOf('\0') >= 0) {
            problems.error(null, "", "", "is not a text file", TOML_FILE);
            return Optional.empty();
        }
        final int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        final int column = text.length() - text.lastIndexOf('\n');
        problems.error(
                TomlPosition.positionAt(line, column),
                "",
                "",
                "is not UTF-8 text: byte 0x%02X".formatted(bytes[in.position()] & 0xFF),
                TOML_FILE);
        return Optional.empty();
    }

    /** By its byte order mark, or by the zero byte that each letter then has. */
    private static boolean isUtf16(final byte[] bytes) {
        if (bytes.length < 2) {
            return false;
        }
        final int first = bytes[0] & 0xFF;
        final int second = bytes[1] & 0xFF;
        final boolean marked = first == 0xFF && second == 0xFE || first == 0xFE && second == 0xFF;
        final boolean letters = bytes.length >= 4
                && (first == 0 && second != 0 && bytes[2] == 0 && bytes[3] != 0
                        || first != 0 && second == 0 && bytes[2] != 0 && bytes[3] == 0);
        return marked || letters;
    }
}
