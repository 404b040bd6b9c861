package org.portolan.control.history.store;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/** Reads a table out of a tree. Any thread, with a reader of its own. */
public final class TableReader {
    private TableReader() {}

    /** Told of one binding after the other. */
    @FunctionalInterface
    public interface Visitor {
        /** Whether it goes on. */
        boolean visit(BindingKey key, Binding binding) throws IOException;
    }

    /**
     * The bindings in the order of the tree, none of which is held here.
     *
     * @param after the path that was the last one; empty to begin with the first
     * @param wanted others are not read; asked with one address for each block of 256, so it goes by the segment
     * @return whether it came to the end
     */
    public static boolean visit(
            final ObjectReader reader,
            final ObjectId tree,
            final String after,
            final Predicate<BindingKey> wanted,
            final Visitor visitor)
            throws IOException {
        return new Visit(reader, wanted, visitor).walk(tree, "", after);
    }

    private record Visit(ObjectReader reader, Predicate<BindingKey> wanted, Visitor visitor) {
        /** @param after what is left of the last path below this tree; empty when all of it comes after */
        boolean walk(final ObjectId tree, final String prefix, final String after) throws IOException {
            final int slash = after.indexOf('/') + 1;
            final String first = slash == 0 ? after : after.substring(0, slash);
            for (final TreeEntry entry :
                    TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes())) {
                final int order = entry.order().compareTo(first);
                final String path = prefix + entry.name();
                final boolean goesOn = order < 0
                        || (entry.isTree()
                                ? isUnwanted(path)
                                        || walk(entry.id(), path + "/", order == 0 ? after.substring(slash) : "")
                                : order == 0 || path.equals(Schema.FILE) || file(entry.id(), path));
                if (!goesOn) {
                    return false;
                }
            }
            return true;
        }

        /** Whether this is a block of addresses of a segment that nobody wants. */
        private boolean isUnwanted(final String path) {
            return BindingKey.of(path + "/0").filter(wanted.negate()).isPresent();
        }

        private boolean file(final ObjectId id, final String path) throws IOException {
            final BindingKey key = BindingKey.of(path)
                    .orElseThrow(() -> new HistoryException("the file %s has no place in a history".formatted(path)));
            return !wanted.test(key) || visitor.visit(key, Trees.read(reader, id, path));
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
