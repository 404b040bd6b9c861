package org.portolan.control.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.Batch;

/**
 * A line of commits while it is being written: primary, or an expiry branch. One commit for each change; in a crowd one
 * for as many as do not speak of the same binding twice, so that no state of a binding is skipped by it.
 */
final class Line {
    /** A commit for many has a line of text for each, and a reader wants an end. */
    static final int MOST_IN_ONE = 16_384;

    private final Batch batch;
    private final Wire[] wires;
    private final boolean crowded;
    private final Map<BindingKey, Binding> bindings = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private ObjectId tip;
    private ObjectId tree;
    private long lastS;
    private int commits;

    Line(final Batch batch, final Wire[] wires, final boolean crowded, final ObjectId tip) {
        this.batch = batch;
        this.wires = wires;
        this.crowded = crowded;
        this.tip = tip;
    }

    void add(final BindingKey key, final Binding binding, final Change change) throws IOException {
        if (bindings.containsKey(key) || bindings.size() >= MOST_IN_ONE) {
            commit();
        }
        bindings.put(key, binding);
        changes.add(change);
        if (!crowded) {
            commit();
        }
    }

    /** Commits what is gathered; nothing when nothing is. */
    void commit() throws IOException {
        if (changes.isEmpty()) {
            return;
        }
        final long atS = changes.get(changes.size() - 1).atS();
        commit(batch.edit(tree(), bindings), List.of(tip), CommitText.of(changes, wires), atS);
        bindings.clear();
        changes.clear();
    }

    void commit(final ObjectId newTree, final List<ObjectId> parents, final String message, final long atS)
            throws IOException {
        tip = batch.commit(newTree, parents, message, atS);
        tree = newTree;
        lastS = atS;
        commits++;
    }

    /** To a commit that is a descendant of the tip. */
    void fastForward(final ObjectId to, final ObjectId toTree) {
        tip = to;
        tree = toTree;
    }

    ObjectId tip() {
        return tip;
    }

    ObjectId tree() throws IOException {
        if (tree == null) {
            tree = batch.treeOf(tip);
        }
        return tree;
    }

    /** Commit time of the last commit of this batch; 0 for none. */
    long lastS() {
        return lastS;
    }

    int commits() {
        return commits;
    }
}
