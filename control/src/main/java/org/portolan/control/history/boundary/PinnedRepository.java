package org.portolan.control.history.boundary;

import java.io.IOException;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * A repository as it was bounded when one client came. Each of JGit's walks reads the boundary again, and one that
 * moves in the middle of an answer would make the client miss a commit. What is behind the new one stays for ten
 * minutes.
 */
final class PinnedRepository extends ForwardingRepository {
    private final Set<ObjectId> boundary;

    PinnedRepository(final Repository git) throws IOException {
        super(git);
        boundary = Set.copyOf(git.getObjectDatabase().getShallowCommits());
    }

    Set<ObjectId> boundary() {
        return boundary;
    }

    @Override
    public ObjectReader newObjectReader() {
        return new Reader(git().newObjectReader());
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
