package org.portolan.control.history.peer;

import org.eclipse.jgit.internal.storage.pack.ObjectToPack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.boundary.CopyingReader;

/** Reads as JGit's own reader does, and counts the objects that a pack is made of. */
final class CountedReader extends CopyingReader {
    private final PackBudget.Share share;

    /** @param reader of a repository in files */
    CountedReader(final ObjectReader reader, final PackBudget.Share share) {
        super(reader, reader);
        this.share = share;
    }

    @Override
    public ObjectToPack newObjectToPack(final AnyObjectId id, final int type) {
        share.use();
        return super.newObjectToPack(id, type);
    }
}
