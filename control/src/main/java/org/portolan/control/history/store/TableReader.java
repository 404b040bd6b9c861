package org.portolan.control.history.store;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/** Reads a table out of a tree. Any thread, with a reader of its own. */
public final class TableReader {
    private TableReader() {}

    /** All bindings, in the order of the tree. */
    public static Map<BindingKey, Binding> read(final ObjectReader reader, final ObjectId tree) throws IOException {
        final Map<BindingKey, Binding> table = new LinkedHashMap<>();
        walk(reader, tree, "", table);
        return table;
    }

    private static void walk(
            final ObjectReader reader, final ObjectId tree, final String prefix, final Map<BindingKey, Binding> table)
            throws IOException {
        for (final TreeEntry entry :
                TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes())) {
            final String path = prefix + entry.name();
            if (entry.isTree()) {
                walk(reader, entry.id(), path + "/", table);
            } else if (!path.equals(Schema.FILE)) {
                final BindingKey key = BindingKey.of(path)
                        .orElseThrow(
                                () -> new HistoryException("the file %s has no place in a history".formatted(path)));
                table.put(key, Trees.read(reader, entry.id(), path));
            }
        }
    }

    /** One binding, if the tree has it. */
    public static Optional<Binding> find(final ObjectReader reader, final ObjectId tree, final BindingKey key)
            throws IOException {
        ObjectId at = tree;
        final String[] names = key.path().split("/");
        for (final String name : names) {
            at = child(reader, at, name);
            if (at == null) {
                return Optional.empty();
            }
        }
        return Optional.of(Trees.read(reader, at, key.path()));
    }

    private static ObjectId child(final ObjectReader reader, final ObjectId tree, final String name)
            throws IOException {
        for (final TreeEntry entry :
                TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes())) {
            if (entry.name().equals(name)) {
                return entry.id();
            }
        }
        return null;
    }
}
