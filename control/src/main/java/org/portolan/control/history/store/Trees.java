package org.portolan.control.history.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;

/**
 * Makes trees out of trees: a few bindings changed, or two trees joined. Only what differs is read or written. One
 * thread; lives as long as one batch, but for the cache.
 */
public final class Trees {
    /** Told of each binding that a join took. */
    @FunctionalInterface
    public interface JoinListener {
        /** @param ours null when only they know it; {@code theirs} likewise; {@code joined} is what holds now */
        void joined(BindingKey key, Binding ours, Binding theirs, Binding joined);
    }

    private final ObjectInserter inserter;
    private final ObjectReader reader;
    private final TreeCache cache;

    Trees(final ObjectInserter inserter, final ObjectReader reader, final TreeCache cache) {
        this.inserter = inserter;
        this.reader = reader;
        this.cache = cache;
    }

    // ---- change

    /**
     * @param tree what to begin with; null for nothing
     * @param changes by path; null removes
     */
    ObjectId edit(final ObjectId tree, final NavigableMap<String, ObjectId> changes) throws IOException {
        final List<Change> list = new ArrayList<>(changes.size());
        changes.forEach((path, blob) -> list.add(new Change(path, blob)));
        final ObjectId edited = edit(tree, list, 0);
        return edited == null ? write(List.of()) : edited;
    }

    private record Change(String path, ObjectId blob) {}

    /** Changes are in the order of their whole paths, which is the order of git's trees too. Null for an empty tree. */
    private ObjectId edit(final ObjectId tree, final List<Change> changes, final int from) throws IOException {
        final List<TreeEntry> before = tree == null ? List.of() : entries(tree);
        final List<TreeEntry> after = new ArrayList<>(before.size() + changes.size());
        int old = 0;
        int at = 0;
        while (at < changes.size()) {
            final String path = changes.get(at).path;
            final int slash = path.indexOf('/', from);
            final String name = slash < 0 ? path.substring(from) : path.substring(from, slash);
            int end = at + 1;
            while (slash >= 0
                    && end < changes.size()
                    && changes.get(end).path.startsWith(path.substring(0, slash + 1))) {
                end++;
            }
            final String order = slash < 0 ? name : name + "/";
            while (old < before.size() && before.get(old).order().compareTo(order) < 0) {
                after.add(before.get(old++));
            }
            final boolean known = old < before.size() && before.get(old).order().equals(order);
            final ObjectId held = known ? before.get(old++).id() : null;
            final ObjectId next = slash < 0 ? changes.get(at).blob : edit(held, changes.subList(at, end), slash + 1);
            if (next != null) {
                after.add(new TreeEntry(name, slash >= 0, next));
            }
            at = end;
        }
        after.addAll(before.subList(old, before.size()));
        return after.isEmpty() ? null : write(after);
    }

    ObjectId blob(final byte[] bytes) throws IOException {
        return inserter.insert(Constants.OBJ_BLOB, bytes);
    }

    private ObjectId write(final List<TreeEntry> entries) throws IOException {
        final TreeFormatter tree = new TreeFormatter(entries.size() * 36 + 16);
        for (final TreeEntry entry : entries) {
            tree.append(entry.name(), entry.isTree() ? FileMode.TREE : FileMode.REGULAR_FILE, entry.id());
        }
        final byte[] raw = tree.toByteArray();
        final ObjectId id = inserter.insert(Constants.OBJ_TREE, raw);
        cache.put(id, List.copyOf(entries));
        return id;
    }

    // ---- join

    /**
     * The tree of all that both know: a function of the two alone. Commutative, associative and idempotent, because
     * {@link Binding#join} is.
     *
     * @throws HistoryException when one holds what no history has
     */
    public ObjectId join(final ObjectId ours, final ObjectId theirs, final JoinListener listener) throws IOException {
        return join(ours, theirs, (key, binding) -> false, listener);
    }

    /**
     * The same without some of what only they know.
     *
     * @param isLeft asked of each binding that only they have: whether it is left out
     */
    public ObjectId join(
            final ObjectId ours,
            final ObjectId theirs,
            final BiPredicate<BindingKey, Binding> isLeft,
            final JoinListener listener)
            throws IOException {
        return join(ours, theirs, segment -> true, isLeft, listener);
    }

    /**
     * The same, of some segments; the others stay as ours are.
     *
     * @param isJoined asked of each segment's directory, such as {@code arp/0/office}
     */
    public ObjectId join(
            final ObjectId ours,
            final ObjectId theirs,
            final Predicate<String> isJoined,
            final BiPredicate<BindingKey, Binding> isLeft,
            final JoinListener listener)
            throws IOException {
        final ObjectId joined = new Join(isJoined, isLeft, listener).trees(ours, theirs, "");
        return joined == null ? ours : joined;
    }

    /** One walk through two trees. */
    private final class Join {
        private final Predicate<String> isJoined;
        private final BiPredicate<BindingKey, Binding> isLeft;
        private final JoinListener listener;

        Join(
                final Predicate<String> isJoined,
                final BiPredicate<BindingKey, Binding> isLeft,
                final JoinListener listener) {
            this.isJoined = isJoined;
            this.isLeft = isLeft;
            this.listener = listener;
        }

        /** @param ours null when we have no such directory; null comes out when it would be empty */
        ObjectId trees(final ObjectId ours, final ObjectId theirs, final String path) throws IOException {
            if (theirs.equals(ours)) {
                return ours;
            }
            final TreeMap<String, TreeEntry> left = ours == null ? new TreeMap<>() : byOrder(ours);
            final TreeMap<String, TreeEntry> right = byOrder(theirs);
            final TreeMap<String, TreeEntry> all = new TreeMap<>(left);
            for (final Map.Entry<String, TreeEntry> each : right.entrySet()) {
                final TreeEntry joined = entries(left.get(each.getKey()), each.getValue(), path);
                if (joined != null) {
                    all.put(each.getKey(), joined);
                }
            }
            if (all.isEmpty()) {
                return null;
            }
            return all.equals(left) ? ours : all.equals(right) ? theirs : write(List.copyOf(all.values()));
        }

        private TreeEntry entries(final TreeEntry mine, final TreeEntry other, final String path) throws IOException {
            final String at = path + other.name();
            if (mine != null && mine.id().equals(other.id())) {
                return mine;
            }
            if (BindingKey.isSegmentDirectory(at) && !isJoined.test(at)) {
                return mine;
            }
            if (other.isTree()) {
                final ObjectId joined = trees(mine == null ? null : mine.id(), other.id(), at + "/");
                return joined == null ? null : new TreeEntry(other.name(), true, joined);
            }
            final BindingKey key = BindingKey.of(at)
                    .orElseThrow(() -> new HistoryException("the file %s has no place in a history".formatted(at)));
            final Binding theirs = binding(other.id(), at);
            if (mine == null) {
                if (isLeft.test(key, theirs)) {
                    return null;
                }
                listener.joined(key, null, theirs, theirs);
                return other;
            }
            final Binding ours = binding(mine.id(), at);
            final Binding joined = Binding.join(ours, theirs);
            listener.joined(key, ours, theirs, joined);
            if (joined == ours) {
                return mine;
            }
            return joined == theirs ? other : new TreeEntry(mine.name(), false, blob(BindingText.encode(joined)));
        }
    }

    // ---- read

    private TreeMap<String, TreeEntry> byOrder(final ObjectId tree) throws IOException {
        final TreeMap<String, TreeEntry> map = new TreeMap<>();
        for (final TreeEntry entry : entries(tree)) {
            map.put(entry.order(), entry);
        }
        return map;
    }

    Binding binding(final ObjectId blob, final String path) throws IOException {
        return read(reader, blob, path);
    }

    /** @throws HistoryException when it is not a binding */
    static Binding read(final ObjectReader reader, final ObjectId blob, final String path) throws IOException {
        try {
            return BindingText.decode(
                    reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(BindingText.LONGEST_BYTES + 1));
        } catch (final BadRecordException | org.eclipse.jgit.errors.LargeObjectException e) {
            throw new HistoryException("the file %s %s".formatted(path, e.getMessage()), e);
        }
    }

    List<TreeEntry> entries(final ObjectId tree) throws IOException {
        final List<TreeEntry> cached = cache.get(tree);
        if (cached != null) {
            return cached;
        }
        final List<TreeEntry> read =
                TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes());
        cache.put(tree, read);
        return read;
    }
}
