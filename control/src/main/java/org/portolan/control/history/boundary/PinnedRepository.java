package org.portolan.control.history.boundary;

import java.io.IOException;
import java.util.Set;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.lib.StoredConfig;

/**
 * A repository as it was bounded when one client came. Each of JGit's walks reads the boundary again, and one that moves
 * in the middle of an answer would make the client miss a commit. What is behind the new one stays for ten minutes.
 */
final class PinnedRepository extends Repository {
    private final Repository git;
    private final Set<ObjectId> boundary;

    PinnedRepository(final Repository git) throws IOException {
        super(new RepositoryBuilder()
                .setGitDir(git.getDirectory())
                .setFS(git.getFS())
                .setBare());
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

    /** JGit's own, but for the boundary and the bitmaps. */
    private final class Reader extends CopyingReader {
        private final ObjectReader reader;

        Reader(final ObjectReader reader) {
            super(reader, reader);
            this.reader = reader;
        }

        @Override
        public ObjectReader newReader() {
            return new Reader(reader.newReader());
        }

        @Override
        public Set<ObjectId> getShallowCommits() {
            return boundary;
        }
    }
}
