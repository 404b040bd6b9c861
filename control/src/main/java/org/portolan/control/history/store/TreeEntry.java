package org.portolan.control.history.store;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/** One line of a git tree: a directory or a plain file. */
record TreeEntry(String name, boolean isTree, ObjectId id) {

    /** What git sorts by: a directory as if its name ended in a slash (base_name_compare() in git's tree.c). */
    String order() {
        return isTree ? name + "/" : name;
    }

    /** @throws HistoryException when there is anything but directories and plain files in it */
    static List<TreeEntry> list(final byte[] raw) throws HistoryException {
        final List<TreeEntry> entries = new ArrayList<>();
        try {
            for (CanonicalTreeParser at = parser(raw); !at.eof(); at = at.next()) {
                final FileMode mode = at.getEntryFileMode();
                if (mode != FileMode.TREE && mode != FileMode.REGULAR_FILE) {
                    throw new HistoryException(
                            "a history holds plain files only, and %s is not one".formatted(at.getEntryPathString()));
                }
                entries.add(new TreeEntry(at.getEntryPathString(), mode == FileMode.TREE, at.getEntryObjectId()));
            }
        } catch (final ArrayIndexOutOfBoundsException e) {
            throw new HistoryException("a directory in it is damaged", e);
        }
        return List.copyOf(entries);
    }

    private static CanonicalTreeParser parser(final byte[] raw) {
        final CanonicalTreeParser parser = new CanonicalTreeParser();
        parser.reset(raw);
        return parser;
    }
}
