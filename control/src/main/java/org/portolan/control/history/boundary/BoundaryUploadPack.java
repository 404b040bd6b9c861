package org.portolan.control.history.boundary;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.DepthWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.PreUploadHookChain;
import org.eclipse.jgit.transport.UploadPack;
import org.portolan.control.history.pack.Packing;

/**
 * JGit's upload-pack, which sends the commits of a bounded history without saying that it is bounded: every clone fails
 * ("did not receive expected object"), or is broken without a word when JGit clones. This one says it.
 *
 * <p>A client that has everything before the boundary is sent no boundary, so that its own, longer history stays as it is.
 */
public final class BoundaryUploadPack extends UploadPack implements BoundaryStream.Teller {
    private Collection<? extends ObjectId> wants = List.of();
    private Collection<? extends ObjectId> common = List.of();

    /** For one client. */
    public BoundaryUploadPack(final Repository git) throws IOException {
        super(new PinnedRepository(git));
        setPackConfig(Packing.serving());
    }

    @Override
    public void uploadWithExceptionPropagation(
            final InputStream input, final OutputStream output, final OutputStream messages) throws IOException {
        setPreUploadHook(PreUploadHookChain.newChain(List.of(getPreUploadHook(), new Listener())));
        super.uploadWithExceptionPropagation(input, new BoundaryStream(output, isBiDirectionalPipe(), this), messages);
    }

    @Override
    public Collection<ObjectId> all() {
        return ((PinnedRepository) getRepository()).boundary();
    }

    @Override
    public Collection<ObjectId> needed() throws IOException {
        final Collection<ObjectId> boundary = all();
        if (boundary.isEmpty()) {
            return List.of();
        }
        if (getDepth() > 0) {
            return within(boundary, getDepth());
        }
        return common.isEmpty() ? boundary : missed(boundary);
    }

    private Set<ObjectId> within(final Collection<ObjectId> boundary, final int depth) throws IOException {
        try (DepthWalk.RevWalk walk = new DepthWalk.RevWalk(getRepository(), depth - 1)) {
            for (final ObjectId want : wants) {
                if (walk.peel(walk.parseAny(want)) instanceof final RevCommit commit) {
                    walk.markRoot(commit);
                }
            }
            return met(walk, boundary);
        }
    }

    private Set<ObjectId> missed(final Collection<ObjectId> boundary) throws IOException {
        try (RevWalk walk = new RevWalk(getRepository())) {
            walk.setRetainBody(false);
            walk.sort(RevSort.TOPO);
            for (final ObjectId want : wants) {
                if (walk.peel(walk.parseAny(want)) instanceof final RevCommit commit) {
                    walk.markStart(commit);
                }
            }
            for (final ObjectId have : common) {
                if (walk.peel(walk.parseAny(have)) instanceof final RevCommit commit) {
                    walk.markUninteresting(commit);
                }
            }
            return met(walk, boundary);
        }
    }

    private static Set<ObjectId> met(final RevWalk walk, final Collection<ObjectId> boundary) throws IOException {
        final Set<ObjectId> met = new HashSet<>();
        for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
            if (boundary.contains(commit)) {
                met.add(commit.copy());
            }
        }
        return met;
    }

    /** Notes what was agreed upon. */
    private final class Listener extends SendPackHook {
        @Override
        public void onSendPack(
                final UploadPack up,
                final Collection<? extends ObjectId> agreed,
                final Collection<? extends ObjectId> haves) {
            wants = List.copyOf(agreed);
            common = List.copyOf(haves);
        }
    }
}
