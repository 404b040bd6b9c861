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

    private static final Comparator<String> BY_OCTETS = Comparator.comparingLong(TableScan::octets)
            .thenComparing(Comparator.naturalOrder());

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
        for (final Map.Entry<String, ObjectId> block : list(segment, BY_OCTETS).entrySet()) {
            reading.working();
            for (final Map.Entry<String, ObjectId> host : list(block.getValue(), BY_NUMBER).entrySet()) {
                final String file = path + block.getKey() + "/" + host.getKey();
                final BindingKey key = BindingKey.of(file)
                        .orElseThrow(() -> new HistoryException("the file %s has no place in a history".formatted(file)));
                final Binding binding = reading.binding(host.getValue(), file);
                if (!visitor.onBinding(key, binding)) {
                    return false;
                }
            }
        }
        return true;
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

    private static long octets(final String block) {
        long value = 0;
        for (final String octet : block.split("\\.")) {
            value = value << 8 | (octet.length() <= 3 && octet.chars().allMatch(c -> c >= '0' && c <= '9') && !octet.isEmpty()
                    ? Integer.parseInt(octet)
                    : 0xFF);
        }
        return value;
    }
}
