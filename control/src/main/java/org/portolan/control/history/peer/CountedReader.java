package org.portolan.control.history.peer;

import java.io.IOException;
import org.eclipse.jgit.internal.storage.pack.ObjectToPack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.boundary.CopyingReader;

/**
 * Reads as JGit's own reader does, and counts the objects that a pack is made of, and the commits that are looked at
 * for it.
 */
final class CountedReader extends CopyingReader {
    private final PackBudget.Share share;

    /** @param reader of a repository in files */
    CountedReader(final ObjectReader reader, final PackBudget.Share share) {
        super(reader, reader);
        this.share = share;
    }

    @Override
    public ObjectToPack newObjectToPack(final AnyObjectId id, final int type) {
        share.pack();
        return super.newObjectToPack(id, type);
    }

    @Override
    public ObjectLoader open(final AnyObjectId id, final int typeHint) throws IOException {
        if (typeHint == Constants.OBJ_COMMIT) {
            share.walk();
        }
        return super.open(id, typeHint);
    }

    @Override
    public ObjectReader newReader() {
        return new CountedReader(delegate().newReader(), share);
    }
}
