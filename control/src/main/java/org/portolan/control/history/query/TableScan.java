package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.pack.PackReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.HistoryException;

/** Reads the table out of a commit, in the order of addresses, a directory at a time. */
final class TableScan {
    /** Git sorts names, people numbers. */
    private static final Comparator<String> BY_NUMBER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    /** So many bindings are read before they are passed on: some 10 MB. */
    private static final int TOGETHER = 16_384;

    private static final int HOSTS = 256;

    /** More than TOGETHER and a block. */
    private static final int ROW_BITS = Long.SIZE - PackReader.PLACE_BITS;

    private static final int ROW = (1 << ROW_BITS) - 1;

    /** After so many it looks whether the client still waits. */
    private static final int LOOK_UP = 256;

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
        final List<Row> rows = new ArrayList<>();
        for (final Map.Entry<BindingKey, ObjectId> block : blocks(path, segment).entrySet()) {
            reading.working();
            addBlock(block.getKey(), block.getValue(), rows);
            if (rows.size() >= TOGETHER) {
                if (!visit(rows, visitor)) {
                    return false;
                }
                rows.clear();
            }
        }
        return visit(rows, visitor);
    }

    /** By the first address of each, in the order of addresses. */
    private TreeMap<BindingKey, ObjectId> blocks(final String path, final ObjectId segment) throws HistoryException {
        final TreeMap<BindingKey, ObjectId> blocks = new TreeMap<>();
        for (final Map.Entry<String, ObjectId> block :
                list(segment, Comparator.naturalOrder()).entrySet()) {
            final String directory = path + block.getKey() + "/";
            blocks.put(BindingKey.of(directory + "0").orElseThrow(() -> misplaced(directory)), block.getValue());
        }
        return blocks;
    }

    private void addBlock(final BindingKey first, final ObjectId block, final List<Row> rows) throws HistoryException {
        // Git sorts names, people numbers.
        final Row[] byHost = new Row[HOSTS];
        try {
            for (CanonicalTreeParser at = reading.tree(block); !at.eof(); at = at.next()) {
                final int host = host(at.getEntryPathBuffer(), at.getEntryPathLength());
                if (host < 0) {
                    throw misplaced(first.path().replaceFirst("0$", at.getEntryPathString()));
                }
                final BindingKey key = new BindingKey(first.realm(), first.segment(), first.address() | host);
                byHost[host] = new Row(key, at.getEntryObjectId());
            }
        } catch (final IndexOutOfBoundsException e) {
            throw reading.damaged(e);
        }
        for (final Row row : byHost) {
            if (row != null) {
                rows.add(row);
            }
        }
    }

    /** The last octet as it is written here; -1 for anything else. */
    private static int host(final byte[] name, final int length) {
        int octet = length == 0 || length > 3 || name[0] == '0' && length > 1 ? -1 : 0;
        for (int i = 0; i < length && octet >= 0; i++) {
            final int digit = name[i] - '0';
            octet = digit < 0 || digit > 9 ? -1 : octet * 10 + digit;
        }
        return octet > 255 ? -1 : octet;
    }

    /**
     * Finds in the order of ids, as indexes are sorted; reads in the order of the disk; tells in that of addresses.
     * What is sorted are numbers whose last bits say which row: rows take several times as long.
     */
    private boolean visit(final List<Row> rows, final HistoryQuery.BindingVisitor visitor) throws IOException {
        final long[] order = new long[rows.size()];
        int unknown = 0;
        for (int i = 0; i < order.length; i++) {
            final Row row = rows.get(i);
            row.binding = reading.known(row.blob);
            if (row.binding == null) {
                order[unknown++] = beginning(row.blob) << ROW_BITS | i;
            }
        }
        Arrays.sort(order, 0, unknown);
        for (int i = 0; i < unknown; i++) {
            final int row = (int) order[i] & ROW;
            order[i] = reading.place(rows.get(row).blob) << ROW_BITS | row;
        }
        Arrays.sort(order, 0, unknown);
        for (int i = 0; i < unknown; i++) {
            if (i % LOOK_UP == 0) {
                reading.working();
            }
            final Row row = rows.get((int) order[i] & ROW);
            row.binding = reading.binding(row.blob, row.key, order[i] >> ROW_BITS);
        }
        for (final Row row : rows) {
            if (!visitor.onBinding(row.key, row.binding)) {
                return false;
            }
        }
        return true;
    }

    private static long beginning(final ObjectId id) {
        return id.getByte(0) << 16 | id.getByte(1) << 8 | id.getByte(2);
    }

    /** A file of the table, and once it was read what it says. */
    private static final class Row {
        private final BindingKey key;
        private final ObjectId blob;
        private Binding binding;

        private Row(final BindingKey key, final ObjectId blob) {
            this.key = key;
            this.blob = blob;
        }
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
}
