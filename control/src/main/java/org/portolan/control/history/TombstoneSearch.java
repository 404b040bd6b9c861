package org.portolan.control.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.TableReader;

/**
 * Looks for tombstones that are old enough among what the ledger does not hold: the segments that only other routers
 * are on. Reads the table itself, a part of it at a time. Historian's thread only.
 */
final class TombstoneSearch {
    /** Read at once: some 100 ms. */
    private static final int PART = 4_096;

    private final Predicate<BindingKey> isHeld;
    private final int part;
    private String after = "";

    TombstoneSearch(final Predicate<BindingKey> isHeld) {
        this(isHeld, PART);
    }

    TombstoneSearch(final Predicate<BindingKey> isHeld, final int part) {
        this.isHeld = isHeld;
        this.part = part;
    }

    /** Those of the next part of the table; the first part follows the last one. */
    List<BindingKey> next(final ObjectReader reader, final ObjectId tree, final Predicate<Binding> isOld)
            throws IOException {
        final List<BindingKey> due = new ArrayList<>();
        final int[] read = {0};
        final boolean isEnd = TableReader.visit(reader, tree, after, key -> !isHeld.test(key), (key, binding) -> {
            if (isOld.test(binding)) {
                due.add(key);
            }
            after = key.path();
            read[0]++;
            return read[0] < part;
        });
        after = isEnd ? "" : after;
        return due;
    }
}
