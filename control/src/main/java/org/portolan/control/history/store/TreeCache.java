package org.portolan.control.history.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;

/** The trees that were used last: the next commit changes a line in most of them. One thread. */
final class TreeCache {
    /** About 100 bytes an entry: some 13 MB at most. */
    private static final int MOST_ENTRIES = 1 << 17;

    private final LinkedHashMap<ObjectId, List<TreeEntry>> trees = new LinkedHashMap<>(256, 0.75f, true);
    private int entries;

    List<TreeEntry> get(final ObjectId tree) {
        return trees.get(tree);
    }

    void put(final ObjectId tree, final List<TreeEntry> lines) {
        final List<TreeEntry> before = trees.put(tree.copy(), lines);
        entries += lines.size() + 1 - (before == null ? 0 : before.size() + 1);
        final var oldest = trees.entrySet().iterator();
        while (entries > MOST_ENTRIES && oldest.hasNext()) {
            final Map.Entry<ObjectId, List<TreeEntry>> out = oldest.next();
            entries -= out.getValue().size() + 1;
            oldest.remove();
        }
    }
}
