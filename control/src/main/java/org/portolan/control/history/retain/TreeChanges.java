package org.portolan.control.history.retain;

import java.io.IOException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** What is in a tree and not, at the same path, in the tree before it: directories and files. */
final class TreeChanges implements AutoCloseable {
    private final TreeWalk walk;

    /** Told of each object that is new. */
    interface Visitor {
        void visit(ObjectId id) throws IOException;
    }

    TreeChanges(final ObjectReader reader) {
        walk = new TreeWalk(reader);
    }

    /** @param before null: all of the tree is new */
    void between(final AnyObjectId before, final AnyObjectId after, final Visitor visitor) throws IOException {
        if (after.equals(before)) {
            return;
        }
        visitor.visit(after.copy());
        walk.reset();
        if (before == null) {
            walk.addTree(new EmptyTreeIterator());
        } else {
            walk.addTree(before);
        }
        final int tree = walk.addTree(after);
        walk.setFilter(TreeFilter.ANY_DIFF);
        walk.setRecursive(false);
        while (walk.next()) {
            final ObjectId id = walk.getObjectId(tree);
            if (!ObjectId.zeroId().equals(id)) {
                visitor.visit(id);
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                }
            }
        }
    }

    @Override
    public void close() {
        walk.close();
    }
}
