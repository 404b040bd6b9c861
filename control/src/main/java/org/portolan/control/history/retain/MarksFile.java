package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.retain.Marks.Mark;

/**
 * The marks on the disk: a line each, the oldest first. A cache, written whole when there is a mark more or the boundary
 * is another one, and believed when its checksum is right.
 *
 * <pre>
 *   marks 6 CHECKSUM BOUNDARY    of the lines, and of the boundary: with another one the line may begin elsewhere
 *   ORDINAL DATE LINE-TIME COMMIT ARRIVALS
 * </pre>
 */
final class MarksFile {
    static final String NAME = "portolan.marks";

    private static final int FIELDS = 5;
    /** Ten years at one mark an hour are 88,000 lines of 70 bytes. */
    private static final long LONGEST_BYTES = 64L << 20;

    private final Path file;

    MarksFile(final Path directory) {
        file = directory.resolve(NAME);
    }

    /**
     * What it says.
     *
     * @param marks none when it cannot be believed
     * @param boundary checksum of the one that they were written with
     */
    record Content(List<Mark> marks, String boundary) {
        private static final Content NONE = new Content(List.of(), "");

        boolean isOf(final Set<ObjectId> now) {
            return boundary.equals(checksum(now));
        }
    }

    Content read() throws IOException {
        try {
            if (Files.size(file) > LONGEST_BYTES) {
                return Content.NONE;
            }
            final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            final int end = text.indexOf('\n') + 1;
            final String lines = text.substring(end);
            final String boundary =
                    text.substring(text.lastIndexOf(' ', end - 1) + 1, end).strip();
            return text.startsWith(header(boundary, lines)) ? new Content(parse(lines), boundary) : Content.NONE;
        } catch (final NoSuchFileException | IllegalArgumentException e) {
            return Content.NONE;
        }
    }

    private static List<Mark> parse(final String lines) {
        final List<Mark> marks = new ArrayList<>();
        lines.lines()
                .map(line -> line.split(" ", FIELDS))
                .forEach(fields -> marks.add(new Mark(
                        Long.parseLong(fields[1]),
                        ObjectId.fromString(fields[3]),
                        Long.parseLong(fields[0]),
                        Long.parseLong(fields[2]),
                        MergedAddresses.parse(fields[4]))));
        return marks;
    }

    void write(final Set<ObjectId> boundary, final List<Mark> marks) throws IOException {
        final StringBuilder lines = new StringBuilder();
        for (final Mark mark : marks) {
            lines.append(mark.ordinal()).append(' ').append(mark.epochSeconds()).append(' ');
            lines.append(mark.lineS()).append(' ');
            lines.append(mark.commit().name()).append(' ');
            lines.append(mark.arrivals()).append('\n');
        }
        Durable.replace(
                file, (header(checksum(boundary), lines.toString()) + lines).getBytes(StandardCharsets.US_ASCII));
    }

    private static String header(final String boundary, final String lines) {
        return "marks 6 %s %s\n".formatted(checksum(lines), boundary);
    }

    private static String checksum(final Set<ObjectId> boundary) {
        final StringBuilder commits = new StringBuilder();
        new TreeSet<>(boundary).forEach(commit -> commits.append(commit.name()));
        return checksum(commits.toString());
    }

    private static String checksum(final String text) {
        final CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return "%08x".formatted(sum.getValue());
    }
}
