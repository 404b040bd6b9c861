package org.portolan.control.history.peer;

import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** The history as one connection sees it: the same, but what is packed of it is counted. Not to be closed. */
final class ServedRepository extends Repository {
    private final FileRepository git;
    private final PackBudget.Share share;

    ServedRepository(final FileRepository git, final PackBudget.Share share) {
        super(new FileRepositoryBuilder().setFS(git.getFS()).setGitDir(git.getDirectory()));
        this.git = git;
        this.share = share;
    }

    @Override
    public ObjectReader newObjectReader() {
        return new CountedReader(git.newObjectReader(), share);
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
    public String getIdentifier() {
        return git.getIdentifier();
    }

    @Override
    public void create(final boolean bare) {
        throw new UnsupportedOperationException("served to be read");
    }

    @Override
    public void scanForRepoChanges() {
        // The one below does.
    }

    @Override
    public void notifyIndexChanged(final boolean internal) {
        // A bare repository has no index.
    }
}
