package org.portolan.control.history;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.portolan.control.history.pack.RawCommit;
import org.portolan.control.history.query.ChangeKind;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.retain.MergedAddresses;

/**
 * Which addresses a merge with a peer gave a holder. A peer that refreshed what it had not seen go brings back what was
 * gone here, as if it had always been there; what was only seen again by the peer is no such thing.
 */
final class PeerArrivals {
    /** A peer that has more news than that is not looked through. */
    private static final int MOST_LOOKED_AT = 16 * MergedAddresses.MOST;

    private PeerArrivals() {}

    static MergedAddresses of(final ObjectReader reader, final RawCommit commit, final byte[] raw) {
        if (commit.parents().isEmpty()
                || !ChangeKind.isOfPeer(raw, commit.parents().size() > 1)) {
            return MergedAddresses.NONE;
        }
        try {
            return between(
                    reader, RawCommit.read(reader, commit.parents().getFirst()).tree(), commit.tree());
        } catch (final IOException e) {
            // What is damaged is said by the question that meets it.
            return MergedAddresses.ANY;
        }
    }

    private static MergedAddresses between(final ObjectReader reader, final ObjectId before, final ObjectId after)
            throws IOException {
        final IntStream.Builder addresses = IntStream.builder();
        int looked = 0;
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.setRecursive(true);
            walk.setFilter(TreeFilter.ANY_DIFF);
            walk.addTree(before);
            walk.addTree(after);
            while (walk.next()) {
                if (++looked > MOST_LOOKED_AT) {
                    return MergedAddresses.ANY;
                }
                final Optional<BindingKey> key = BindingKey.of(walk.getPathString());
                if (key.isPresent() && isArrival(reader, walk.getObjectId(0), walk.getObjectId(1))) {
                    addresses.add(key.get().address());
                }
            }
        }
        return MergedAddresses.of(addresses.build());
    }

    private static boolean isArrival(final ObjectReader reader, final ObjectId before, final ObjectId after)
            throws IOException {
        if (after.equals(ObjectId.zeroId())) {
            return false;
        }
        final Binding now = read(reader, after);
        return now.observed() != null
                && now.observed().isLive()
                && (before.equals(ObjectId.zeroId()) || !now.isSeenAgainAs(read(reader, before)));
    }

    private static Binding read(final ObjectReader reader, final ObjectId blob) throws IOException {
        try {
            return BindingText.decode(reader.open(blob, Constants.OBJ_BLOB).getCachedBytes());
        } catch (final BadRecordException e) {
            throw new IOException("the object %s %s".formatted(blob.name(), e.getMessage()), e);
        }
    }
}
