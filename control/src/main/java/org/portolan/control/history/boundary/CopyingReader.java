package org.portolan.control.history.boundary;

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
import org.eclipse.jgit.lib.BitmapIndex;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;

/**
 * One reader that opens objects, and one of whose packs they may be copied as they are, deltas and all. Without the
 * second PackWriter would look for every delta again. Bitmaps reach behind a boundary, so there are none.
 */
public class CopyingReader extends ObjectReader.Filter implements ObjectReuseAsIs {
    private final ObjectReader reader;
    private final ObjectReader copied;
    private final ObjectReuseAsIs reuse;

    /**
     * @param copied of packs in files: JGit's readers of those can copy. May be the same. Both are closed with this.
     */
    public CopyingReader(final ObjectReader reader, final ObjectReader copied) {
        this.reader = reader;
        this.copied = copied;
        reuse = (ObjectReuseAsIs) copied;
    }

    @Override
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectReader newReader() {
        return new CopyingReader(reader.newReader(), copied.newReader());
    }

    @Override
    public BitmapIndex getBitmapIndex() {
        return null;
    }

    @Override
    public ObjectToPack newObjectToPack(final AnyObjectId id, final int type) {
        return reuse.newObjectToPack(id, type);
    }

    @Override
    public void selectObjectRepresentation(
            final PackWriter packer, final ProgressMonitor monitor, final Iterable<ObjectToPack> objects)
            throws IOException {
        reuse.selectObjectRepresentation(packer, monitor, objects);
    }

    @Override
    public void writeObjects(final PackOutputStream out, final List<ObjectToPack> list) throws IOException {
        reuse.writeObjects(out, list);
    }

    @Override
    public void copyObjectAsIs(final PackOutputStream out, final ObjectToPack object, final boolean validate)
            throws IOException, StoredObjectRepresentationNotAvailableException {
        reuse.copyObjectAsIs(out, object, validate);
    }

    @Override
    public void copyPackAsIs(final PackOutputStream out, final CachedPack pack) throws IOException {
        reuse.copyPackAsIs(out, pack);
    }

    @Override
    public Collection<CachedPack> getCachedPacksAndUpdate(final BitmapIndex.BitmapBuilder needed) throws IOException {
        return reuse.getCachedPacksAndUpdate(needed);
    }

    @Override
    public void close() {
        reader.close();
        if (copied != reader) {
            copied.close();
        }
    }
}
