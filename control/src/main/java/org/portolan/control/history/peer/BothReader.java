package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** What is new, and behind it the history's own objects. The boundary is the one that both will have together. */
final class BothReader extends ObjectReader {
    private final ObjectReader fresh;
    private final ObjectReader known;
    private final Set<ObjectId> boundary;

    BothReader(final ObjectReader fresh, final ObjectReader known, final Set<ObjectId> boundary) {
        this.fresh = fresh;
        this.known = known;
        this.boundary = boundary;
    }

    /** Whether it came, and need not be looked for among what was here. */
    boolean isFresh(final AnyObjectId id) throws IOException {
        return fresh.has(id);
    }

    @Override
    public ObjectReader newReader() {
        return new BothReader(fresh.newReader(), known.newReader(), boundary);
    }

    @Override
    public Collection<ObjectId> resolve(final AbbreviatedObjectId id) throws IOException {
        final Set<ObjectId> found = new LinkedHashSet<>(fresh.resolve(id));
        found.addAll(known.resolve(id));
        return found;
    }

    @Override
    public boolean has(final AnyObjectId id) throws IOException {
        return fresh.has(id) || known.has(id);
    }

    @Override
    public ObjectLoader open(final AnyObjectId id, final int typeHint) throws IOException {
        final ObjectLoader loader;
        try {
            loader = fresh.open(id, typeHint);
        } catch (final MissingObjectException e) {
            return known.open(id, typeHint);
        }
        if (loader.getType() == Constants.OBJ_COMMIT) {
            // Before anything is made of it: a commit of 4 MB may name 87,000 parents.
            CommitCheck.requireFewParents(id, loader.getCachedBytes());
        }
        return loader;
    }

    @Override
    public Set<ObjectId> getShallowCommits() {
        return boundary;
    }

    @Override
    public void close() {
        fresh.close();
        known.close();
    }
}
