package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The marks on the disk: a line each, the oldest first. A cache, so it is not synced; each line's checksum covers all
 * lines before it too, and reading ends at the first that is not as it was written.
 *
 * <pre>
 *   marks 1 BOUNDARY                             the boundary that they were made for: another one, another beginning
 *   ORDINAL SECONDS EARLIEST COMMIT CHECKSUM
 * </pre>
 */
final class MarksFile {
    static final String NAME = "portolan.marks";

    private static final String HEADER = "marks 1 ";
    private static final int FIELDS = 5;
    /** Ten years at one mark an hour are 88,000 lines of 80 bytes. */
    private static final long LONGEST_BYTES = 64L << 20;

    private final Path file;
    private CRC32 checksum = new CRC32();

    MarksFile(final Path directory) {
        file = directory.resolve(NAME);
    }

    /**
     * A mark as it is written.
     *
     * @param earliestS least commit time from the mark before (it included) up to this one (not included)
     */
    record Line(Mark mark, long earliestS) {}

    /** What can be trusted of it: all, its beginning, or nothing. */
    List<Line> read(final Set<ObjectId> boundary) throws IOException {
        final List<Line> lines = new ArrayList<>();
        checksum = new CRC32();
        try {
            if (Files.size(file) > LONGEST_BYTES) {
                return lines;
            }
            final String[] text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n", -1);
            boolean good = text[0].equals(header(boundary));
            // The last piece has no line end: empty, or torn.
            for (int i = 1; good && i < text.length - 1; i++) {
                final Line line = parse(text[i]);
                good = line != null
                        && (lines.isEmpty()
                                || line.mark.ordinal() > lines.getLast().mark.ordinal());
                if (good) {
                    lines.add(line);
                }
            }
            return lines;
        } catch (final NoSuchFileException e) {
            return lines;
        }
    }

    private static String header(final Set<ObjectId> boundary) {
        final CRC32 sum = new CRC32();
        for (final ObjectId commit : new TreeSet<>(boundary)) {
            sum.update(commit.name().getBytes(StandardCharsets.US_ASCII));
        }
        return HEADER + "%08x".formatted(sum.getValue());
    }

    private Line parse(final String text) {
        final String[] fields = text.split(" ");
        if (fields.length != FIELDS) {
            return null;
        }
        try {
            final Mark mark =
                    new Mark(Long.parseLong(fields[1]), ObjectId.fromString(fields[3]), Long.parseLong(fields[0]));
            final Line line = new Line(mark, Long.parseLong(fields[2]));
            return format(line).equals(text) ? line : null;
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    /** Also moves the checksum on. */
    private String format(final Line line) {
        final Mark mark = line.mark;
        final String text = mark.ordinal() + " " + mark.epochSeconds() + " " + line.earliestS + " "
                + mark.commit().name();
        checksum.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + " " + "%08x".formatted(checksum.getValue());
    }

    void rewrite(final Set<ObjectId> boundary, final List<Line> lines) throws IOException {
        checksum = new CRC32();
        final StringBuilder text = new StringBuilder(header(boundary)).append('\n');
        for (final Line line : lines) {
            text.append(format(line)).append('\n');
        }
        Durable.replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    void append(final Line line) throws IOException {
        Files.writeString(
                file,
                format(line) + "\n",
                StandardCharsets.US_ASCII,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }
}
