package org.portolan.control.history.store;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** Reads what is not in the repository yet: what a batch has made, and what comes in with it. One thread. */
final class UnfinishedReader extends ObjectReader {
    private final ObjectReader made;
    private Incoming incoming;
    /** Null while nothing is to come. */
    private ObjectReader coming;

    UnfinishedReader(final ObjectReader made) {
        this.made = made;
    }

    void add(final Incoming objects) {
        incoming = objects;
        coming = objects.newReader();
    }

    @Override
    public ObjectReader newReader() {
        final UnfinishedReader reader = new UnfinishedReader(made.newReader());
        if (incoming != null) {
            reader.add(incoming);
        }
        return reader;
    }

    @Override
    public boolean has(final AnyObjectId id) throws IOException {
        return coming != null && coming.has(id) || made.has(id);
    }

    @Override
    public ObjectLoader open(final AnyObjectId id, final int type) throws IOException {
        return coming != null && coming.has(id) ? coming.open(id, type) : made.open(id, type);
    }

    @Override
    public Collection<ObjectId> resolve(final AbbreviatedObjectId id) throws IOException {
        final Set<ObjectId> found = new LinkedHashSet<>(made.resolve(id));
        if (coming != null) {
            found.addAll(coming.resolve(id));
        }
        return found;
    }

    @Override
    public Set<ObjectId> getShallowCommits() throws IOException {
        return incoming == null ? made.getShallowCommits() : incoming.boundary();
    }

    @Override
    public void close() {
        made.close();
        if (coming != null) {
            coming.close();
        }
    }
}
