package org.portolan.control.history.store;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/** Whole tables, held in memory. */
public final class Tables {
    private Tables() {}

    /** All bindings of a commit's tree, in the order of the tree. */
    public static Map<BindingKey, Binding> of(final HistoryRepository history, final ObjectId commit)
            throws IOException {
        final Map<BindingKey, Binding> table = new LinkedHashMap<>();
        history.visit(commit, key -> true, (key, binding) -> {
            table.put(key, binding);
            return true;
        });
        return table;
    }
}
