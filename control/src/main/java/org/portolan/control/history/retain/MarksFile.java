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
 * The marks on the disk: a line each, the oldest first. A cache, written whole when there is a mark more, and believed
 * when its checksum is right.
 *
 * <pre>
 *   marks 6 CHECKSUM BOUNDARY    of the lines, and of the boundary: another boundary, another beginning
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

    /** Nothing when it cannot be believed. */
    List<Mark> read(final Set<ObjectId> boundary) throws IOException {
        try {
            if (Files.size(file) > LONGEST_BYTES) {
                return List.of();
            }
            final String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            final String lines = text.substring(text.indexOf('\n') + 1);
            return text.equals(header(boundary, lines) + lines) ? parse(lines) : List.of();
        } catch (final NoSuchFileException | IllegalArgumentException e) {
            return List.of();
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
        Durable.replace(file, (header(boundary, lines.toString()) + lines).getBytes(StandardCharsets.US_ASCII));
    }

    private static String header(final Set<ObjectId> boundary, final String lines) {
        final StringBuilder commits = new StringBuilder();
        new TreeSet<>(boundary).forEach(commit -> commits.append(commit.name()));
        return "marks 6 %08x %08x\n".formatted(checksum(lines), checksum(commits.toString()));
    }

    private static long checksum(final String text) {
        final CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return sum.getValue();
    }
}
