package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    /** So many bindings are read before they are told: some 10 MB. */
    private static final int TOGETHER = 16_384;

    /** After so many the asker is asked whether he still waits. */
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
        final List<Place> places = new ArrayList<>();
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
                places.add(new Place(key, file, host.getValue()));
            }
            if (places.size() >= TOGETHER) {
                if (!visit(places, visitor)) {
                    return false;
                }
                places.clear();
            }
        }
        return visit(places, visitor);
    }

    /**
     * Reads in the order of ids and tells in the order of addresses. An object is looked for in one pack's index after
     * the other, and those are sorted by id: the places where the next one is looked for are in the cache already. With
     * 44 packs that took more than a third of the time.
     */
    private boolean visit(final List<Place> places, final HistoryQuery.BindingVisitor visitor) throws IOException {
        final List<Place> byId = new ArrayList<>(places);
        byId.sort(Comparator.comparing(place -> place.blob));
        int read = 0;
        for (final Place place : byId) {
            if (read++ % LOOK_UP == 0) {
                reading.working();
            }
            place.binding = reading.binding(place.blob, place.file);
        }
        for (final Place place : places) {
            if (!visitor.onBinding(place.key, place.binding)) {
                return false;
            }
        }
        return true;
    }

    /** A file of the table, and once it was read what it says. */
    private static final class Place {
        private final BindingKey key;
        private final String file;
        private final ObjectId blob;
        private Binding binding;

        private Place(final BindingKey key, final String file, final ObjectId blob) {
            this.key = key;
            this.file = file;
            this.blob = blob;
        }
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
