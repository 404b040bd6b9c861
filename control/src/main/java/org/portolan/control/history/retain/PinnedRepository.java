package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.internal.storage.pack.CachedPack;
import org.eclipse.jgit.internal.storage.pack.ObjectReuseAsIs;
import org.eclipse.jgit.internal.storage.pack.ObjectToPack;
import org.eclipse.jgit.internal.storage.pack.PackOutputStream;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.BitmapIndex;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.lib.StoredConfig;

/**
 * A repository as it was bounded when one client came. Each of JGit's walks reads the boundary anew, and one that moves
 * in the middle of an answer would make the client miss a commit. What is behind the new one stays for ten minutes.
 */
final class PinnedRepository extends Repository {
    private final Repository git;
    private final Set<ObjectId> boundary;

    PinnedRepository(final Repository git) throws IOException {
        super(new RepositoryBuilder().setGitDir(git.getDirectory()).setFS(git.getFS()).setBare());
        this.git = git;
        boundary = Set.copyOf(git.getObjectDatabase().getShallowCommits());
    }

    Set<ObjectId> boundary() {
        return boundary;
    }

    @Override
    public ObjectReader newObjectReader() {
        return new Reader(git.newObjectReader());
    }

    @Override
    public void create(final boolean bare) {
        throw new UnsupportedOperationException("it is there");
    }

    @Override
    public String getIdentifier() {
        return git.getIdentifier();
    }

    @Override
    public ObjectDatabase getObjectDatabase() {
        return git.getObjectDatabase();
    }

    @Override
    public RefDatabase getRefDatabase() {
        return git.getRefDatabase();
    }

    @Override
    public StoredConfig getConfig() {
        return git.getConfig();
    }

    @Override
    public AttributesNodeProvider createAttributesNodeProvider() {
        return git.createAttributesNodeProvider();
    }

    @Override
    public void scanForRepoChanges() throws IOException {
        git.scanForRepoChanges();
    }

    @Override
    public void notifyIndexChanged(final boolean internal) {
        git.notifyIndexChanged(internal);
    }

    /** JGit's own, but for the boundary and the bitmaps, which reach behind it. */
    private final class Reader extends ObjectReader.Filter implements ObjectReuseAsIs {
        private final ObjectReader reader;
        private final ObjectReuseAsIs reuse;

        Reader(final ObjectReader reader) {
            this.reader = reader;
            // All readers of repositories in files can; without it every object would be deflated anew.
            reuse = (ObjectReuseAsIs) reader;
        }

        @Override
        protected ObjectReader delegate() {
            return reader;
        }

        @Override
        public ObjectReader newReader() {
            return new Reader(reader.newReader());
        }

        @Override
        public Set<ObjectId> getShallowCommits() {
            return boundary;
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
                throws IOException,
                        org.eclipse.jgit.errors.StoredObjectRepresentationNotAvailableException {
            reuse.copyObjectAsIs(out, object, validate);
        }

        @Override
        public void copyPackAsIs(final PackOutputStream out, final CachedPack pack) throws IOException {
            reuse.copyPackAsIs(out, pack);
        }

        @Override
        public Collection<CachedPack> getCachedPacksAndUpdate(final BitmapIndex.BitmapBuilder needed)
                throws IOException {
            return reuse.getCachedPacksAndUpdate(needed);
        }
    }
}
