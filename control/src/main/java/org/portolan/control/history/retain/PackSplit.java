package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * Writes what lives in one huge pack, such as a person's {@code git gc} makes, as several: commits in the order of
 * their times, so many at once that they and what they lead to fit into memory.
 */
final class PackSplit {
    /** A change is seven objects; the first part has the whole table besides. */
    private static final int OBJECTS_A_COMMIT = 8;

    private final PackShelf shelf;
    private final Pack pack;
    private final LivePart live;
    private final int mostObjects;
    private final BitSet commits = new BitSet();
    /** Time in the upper half, place in the index in the lower. */
    private long[] byTime;

    private int next;

    PackSplit(final PackShelf shelf, final Pack pack, final LivePart live, final int mostObjects) {
        this.shelf = shelf;
        this.pack = pack;
        this.live = live;
        this.mostObjects = mostObjects;
    }

    /** @return whether there is more to do */
    boolean step(final PackMerge merge, final Pause pause) throws IOException {
        if (byTime == null) {
            order(pause);
            return true;
        }
        if (next < byTime.length) {
            final BitSet part = new BitSet();
            final int end = Math.min(byTime.length, next + Math.max(1, mostObjects / OBJECTS_A_COMMIT));
            for (; next < end; next++) {
                part.set((int) byTime[next]);
            }
            written(merge.mergeWalked(java.util.List.of(pack), id -> isIn(part, id)));
            return true;
        }
        return rest(merge);
    }

    private void order(final Pause pause) throws IOException {
        final PackIndex index = pack.getIndex();
        long[] found = new long[1 << 10];
        int size = 0;
        try (PackScan scan = new PackScan(pack.getPackFile().toPath(), index);
                ObjectReader reader = shelf.git().newObjectReader()) {
            for (final PackIndex.MutableEntry entry : index) {
                final ObjectId id = entry.toObjectId();
                if (live.contains(id) && scan.type(entry.getOffset()) == Constants.OBJ_COMMIT) {
                    final int position = index.findPosition(id);
                    commits.set(position);
                    found = size == found.length ? Arrays.copyOf(found, size * 2) : found;
                    found[size++] = RawCommit.read(reader, id).timeS() << 32 | position;
                    if ((size & 0x3F) == 0) {
                        pause.pause();
                    }
                }
            }
        }
        byTime = Arrays.copyOf(found, size);
        Arrays.sort(byTime);
    }

    /** Of the commits only those of the part; of all else what is not written yet. */
    private boolean isIn(final BitSet part, final AnyObjectId id) {
        try {
            final int position = pack.getIndex().findPosition(id);
            return position >= 0 && (!commits.get(position) || part.get(position)) && live.contains(id);
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What no commit led to, in pieces. */
    private boolean rest(final PackMerge merge) throws IOException {
        final IdSet piece = new IdSet();
        for (final PackIndex.MutableEntry entry : pack.getIndex()) {
            final ObjectId id = entry.toObjectId();
            if (piece.size() < mostObjects && live.contains(id)) {
                piece.add(id);
            }
        }
        if (piece.size() == 0) {
            return false;
        }
        written(merge.merge(java.util.List.of(pack), piece));
        return true;
    }

    private void written(final PackMerge.Written made) throws IOException {
        if (made != null) {
            for (final PackIndex.MutableEntry entry : shelf.open(made.name()).getIndex()) {
                live.unmark(entry.toObjectId());
            }
        }
    }
}
