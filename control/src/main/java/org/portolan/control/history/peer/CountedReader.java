package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.errors.StoredObjectRepresentationNotAvailableException;
import org.eclipse.jgit.internal.storage.pack.CachedPack;
import org.eclipse.jgit.internal.storage.pack.ObjectReuseAsIs;
import org.eclipse.jgit.internal.storage.pack.ObjectToPack;
import org.eclipse.jgit.internal.storage.pack.PackOutputStream;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.BitmapIndex.BitmapBuilder;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;

/** Reads as JGit's own reader does, and counts the objects that a pack is made of. */
final class CountedReader extends ObjectReader.Filter implements ObjectReuseAsIs {
    private final ObjectReader reader;
    private final ObjectReuseAsIs packs;
    private final PackBudget.Share share;

    /** @param reader of a repository in files */
    CountedReader(final ObjectReader reader, final PackBudget.Share share) {
        this.reader = reader;
        packs = (ObjectReuseAsIs) reader;
        this.share = share;
    }

    @Override
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectToPack newObjectToPack(final AnyObjectId id, final int type) {
        share.use();
        return packs.newObjectToPack(id, type);
    }

    @Override
    public void selectObjectRepresentation(
            final PackWriter packer, final ProgressMonitor monitor, final Iterable<ObjectToPack> objects)
            throws IOException {
        packs.selectObjectRepresentation(packer, monitor, objects);
    }

    @Override
    public void writeObjects(final PackOutputStream out, final List<ObjectToPack> list) throws IOException {
        packs.writeObjects(out, list);
    }

    @Override
    public void copyObjectAsIs(final PackOutputStream out, final ObjectToPack object, final boolean validate)
            throws IOException, StoredObjectRepresentationNotAvailableException {
        packs.copyObjectAsIs(out, object, validate);
    }

    @Override
    public void copyPackAsIs(final PackOutputStream out, final CachedPack pack) throws IOException {
        packs.copyPackAsIs(out, pack);
    }

    @Override
    public Collection<CachedPack> getCachedPacksAndUpdate(final BitmapBuilder needed) throws IOException {
        return packs.getCachedPacksAndUpdate(needed);
    }
}
