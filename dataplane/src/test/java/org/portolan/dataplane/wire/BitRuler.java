package org.portolan.dataplane.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the ASCII bit ruler out of a Javadoc comment: borders of {@code +-+}, two columns a bit, as wide as its first
 * border.
 *
 * <p>A cell's lines are one name. A cell of single letters is a column of one-bit flags, named downwards, and the whole
 * is named "Flags". Lines that begin with {@code word:} are variants of one row, each with names of its own. A field
 * that runs on in the next cell or row under the same name is one field.
 */
public final class BitRuler {
    private final List<Field> fields = new ArrayList<>();
    private int bits;
    private boolean open;

    /**
     * @param name as drawn
     * @param bit offset of its first bit
     * @param bits its width
     */
    public record Field(String name, int bit, int bits) {
        public int byteOffset() {
            return bit / 8;
        }

        /** Its words in upper case; "EtherType" is two. */
        Set<String> words() {
            final Set<String> words = new TreeSet<>();
            for (final String word : name.replaceAll("([a-z])([A-Z])", "$1 $2").split("[^A-Za-z0-9]+")) {
                words.add(word.toUpperCase(Locale.ROOT));
            }
            return words;
        }
    }

    private BitRuler() {}

    /** The ruler in the first comment that holds one. Null where the source has none. */
    public static BitRuler read(final List<String> source) {
        final BitRuler ruler = new BitRuler();
        List<String> row = null;
        for (final String line : source) {
            final String text = line.startsWith(" * ") ? line.substring(3) : "";
            if (text.matches("\\+[-+]*-\\+")) {
                if (row != null) {
                    ruler.addRow(row);
                }
                row = new ArrayList<>();
            } else if (row != null && text.startsWith("|")) {
                row.add(text);
            } else if (row != null) {
                break;
            }
        }
        return row == null ? null : ruler;
    }

    /** All fields, in the order drawn. */
    public List<Field> fields() {
        return List.copyOf(fields);
    }

    /** Bytes of the whole drawing. */
    public int bytes() {
        return bits / 8;
    }

    /** Whether a cell says that it is of varying length. */
    public boolean isOpen() {
        return open;
    }

    private void addRow(final List<String> lines) {
        final boolean variants = lines.stream().allMatch(line -> line.matches("\\| *[a-z ]+:.*"));
        if (variants) {
            for (final String line : lines) {
                addCells(List.of(line.replaceFirst("[a-z ]+:", " ".repeat(line.indexOf(':') - line.indexOf('|')))));
            }
        } else {
            addCells(lines);
        }
        bits += (lines.getFirst().length() - 1) / 2;
    }

    private void addCells(final List<String> lines) {
        final String first = lines.getFirst();
        int from = 0;
        for (int column = 1; column < first.length(); column++) {
            final int at = column;
            if (lines.stream().allMatch(line -> line.charAt(at) == '|')) {
                final int start = from + 1;
                addCell(lines.stream().map(line -> line.substring(start, at)).toList(), from / 2, (at - from) / 2);
                from = at;
            }
        }
    }

    private void addCell(final List<String> lines, final int column, final int width) {
        final String name = String.join(" ", lines).trim().replaceAll(" +", " ");
        open |= name.matches(".*\\bbytes\\b.*");
        if (lines.size() > 1
                && lines.stream()
                        .allMatch(line -> line.length() == 2 * width - 1 && line.matches("([A-Z ] )*[A-Z ]"))) {
            for (int bit = 0; bit < width; bit++) {
                final StringBuilder letters = new StringBuilder();
                for (final String line : lines) {
                    letters.append(line.charAt(2 * bit));
                }
                fields.add(new Field(letters.toString().trim(), bits + column + bit, 1));
            }
            fields.add(new Field("Flags", bits + column, width));
        } else if (!name.isEmpty()) {
            addField(new Field(name, bits + column, width));
        }
    }

    private void addField(final Field field) {
        final Field last = fields.isEmpty() ? null : fields.getLast();
        if (last != null && last.name().equals(field.name()) && last.bit() + last.bits() == field.bit()) {
            fields.set(fields.size() - 1, new Field(last.name(), last.bit(), last.bits() + field.bits()));
        } else {
            fields.add(field);
        }
    }
}
