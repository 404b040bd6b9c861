package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.portolan.control.history.boundary.Shallow;

/**
 * What a repository that JGit's own transport fetches into has to do with its boundary; the router fetches otherwise.
 */
final class FetchedBoundary {
    private FetchedBoundary() {}

    /**
     * To be called after each fetch with {@link org.eclipse.jgit.transport.Transport}: JGit takes over the whole
     * boundary of the peer (section shallow-info of protocol 2), and where the peer's history begins later, ours would
     * end there. Puts back what stood before; of the peer's stays only a commit whose parents are not here.
     *
     * @param before {@link Shallow#read} before the fetch
     */
    static void settle(final FileRepository git, final Set<ObjectId> before) throws IOException {
        final Set<ObjectId> told = Shallow.read(git);
        final Set<ObjectId> settled = new HashSet<>(before);
        try (RevWalk walk = new RevWalk(git)) {
            for (final ObjectId commit : told) {
                if (!before.contains(commit) && lacksParent(walk.getObjectReader(), commit)) {
                    settled.add(commit);
                }
            }
        }
        if (settled.equals(told)) {
            return;
        }
        if (settled.isEmpty()) {
            git.getObjectDatabase().setShallowCommits(settled);
        } else {
            Shallow.write(git, settled);
        }
    }

    private static boolean lacksParent(final ObjectReader reader, final ObjectId commit) throws IOException {
        if (!reader.has(commit)) {
            return false;
        }
        // RevCommit.parse does not ask for the boundary: it sees the parents that the walk hides.
        final RevCommit whole =
                RevCommit.parse(reader.open(commit, Constants.OBJ_COMMIT).getCachedBytes());
        for (final RevCommit parent : whole.getParents()) {
            if (!reader.has(parent)) {
                return true;
            }
        }
        return false;
    }
}
