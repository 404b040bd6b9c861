package org.portolan.control.history.boundary;

import java.io.IOException;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryBuilder;
import org.eclipse.jgit.lib.StoredConfig;

/** A bare repository seen through readers of another kind, which a subclass makes. It is not to be closed. */
public abstract class ForwardingRepository extends Repository {
    private final Repository git;

    protected ForwardingRepository(final Repository git) {
        super(new RepositoryBuilder()
                .setGitDir(git.getDirectory())
                .setFS(git.getFS())
                .setBare());
        this.git = git;
    }

    /** The repository behind this one. */
    protected final Repository git() {
        return git;
    }

    @Override
    public final void create(final boolean bare) {
        throw new UnsupportedOperationException("the repository exists already");
    }

    @Override
    public final String getIdentifier() {
        return git.getIdentifier();
    }

    @Override
    public final ObjectDatabase getObjectDatabase() {
        return git.getObjectDatabase();
    }

    @Override
    public final RefDatabase getRefDatabase() {
        return git.getRefDatabase();
    }

    @Override
    public final StoredConfig getConfig() {
        return git.getConfig();
    }

    @Override
    public final AttributesNodeProvider createAttributesNodeProvider() {
        return git.createAttributesNodeProvider();
    }

    @Override
    public final void scanForRepoChanges() throws IOException {
        git.scanForRepoChanges();
    }

    @Override
    public final void notifyIndexChanged(final boolean internal) {
        git.notifyIndexChanged(internal);
    }
}
