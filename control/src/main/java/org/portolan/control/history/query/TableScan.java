package org.portolan.control.history.query;

import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.HistoryException;

/** Reads the table out of a commit, in the order of addresses, a directory at a time. */
final class TableScan {
    /** Git sorts names, people numbers. */
    private static final Comparator<String> BY_NUMBER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private static final Comparator<String> BY_OCTETS =
            Comparator.comparingLong(TableScan::octets).thenComparing(Comparator.naturalOrder());

    private final Reading reading;

    TableScan(final Reading reading) {
        this.reading = reading;
    }

    /** Whether it came to the end. */
    boolean read(final Commit commit, final HistoryQuery.BindingVisitor visitor) throws IOException {
        final ObjectId root = reading.child(commit.tree(), BindingKey.ROOT).orElse(null);
        if (root == null) {
            return true;
        }
        for (final Map.Entry<String, ObjectId> realm : list(root, BY_NUMBER).entrySet()) {
            final TreeMap<String, ObjectId> segments = list(realm.getValue(), Comparator.naturalOrder());
            for (final Map.Entry<String, ObjectId> segment : segments.entrySet()) {
                final String path = BindingKey.ROOT + "/" + realm.getKey() + "/" + segment.getKey() + "/";
                if (!readSegment(path, segment.getValue(), visitor)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean readSegment(final String path, final ObjectId segment, final HistoryQuery.BindingVisitor visitor)
            throws IOException {
        for (final Map.Entry<String, ObjectId> block :
                list(segment, BY_OCTETS).entrySet()) {
            reading.working();
            final String directory = path + block.getKey() + "/";
            final BindingKey first = BindingKey.of(directory + "0").orElseThrow(() -> misplaced(directory));
            for (final Map.Entry<String, ObjectId> host :
                    list(block.getValue(), BY_NUMBER).entrySet()) {
                final String file = directory + host.getKey();
                final BindingKey key = new BindingKey(
                        first.realm(), first.segment(), first.address() | host(host.getKey(), file));
                if (!visitor.onBinding(key, reading.binding(host.getValue(), file))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The last octet; cheaper than to read the whole path for each of 256. */
    private static int host(final String name, final String file) throws HistoryException {
        final int octet = name.length() <= 3 && isDigits(name) ? Integer.parseInt(name) : 256;
        if (octet > 255 || !Integer.toString(octet).equals(name)) {
            throw misplaced(file);
        }
        return octet;
    }

    private static boolean isDigits(final String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static HistoryException misplaced(final String file) {
        return new HistoryException("the file %s has no place in a history".formatted(file));
    }

    private TreeMap<String, ObjectId> list(final ObjectId tree, final Comparator<String> order)
            throws HistoryException {
        final TreeMap<String, ObjectId> lines = new TreeMap<>(order);
        try {
            for (CanonicalTreeParser at = reading.tree(tree); !at.eof(); at = at.next()) {
                lines.put(at.getEntryPathString(), at.getEntryObjectId());
            }
        } catch (final IndexOutOfBoundsException e) {
            throw reading.damaged(e);
        }
        return lines;
    }

    /** What is no number is refused later: here it only has to have a place. */
    private static long octets(final String block) {
        long value = 0;
        for (final String octet : block.split("\\.")) {
            value = value << 8 | (octet.length() <= 3 && isDigits(octet) ? Integer.parseInt(octet) : 0xFF);
        }
        return value;
    }
}
