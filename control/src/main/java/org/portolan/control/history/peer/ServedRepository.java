package org.portolan.control.history.peer;

import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.boundary.ForwardingRepository;

/** The history as one connection sees it: the same, but what is packed of it is counted. */
final class ServedRepository extends ForwardingRepository {
    private final PackBudget.Share share;

    ServedRepository(final FileRepository git, final PackBudget.Share share) {
        super(git);
        this.share = share;
    }

    @Override
    public ObjectReader newObjectReader() {
        return new CountedReader(git().newObjectReader(), share);
    }
}
