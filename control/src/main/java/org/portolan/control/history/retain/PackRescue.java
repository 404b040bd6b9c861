package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;

/** Writes what lives in some packs into new ones, none larger than fits into memory, one a step. */
final class PackRescue {
    private final PackShelf shelf;
    private final LivePart live;
    private final int mostObjects;
    private final Deque<List<Pack>> groups = new ArrayDeque<>();
    private PackSplit split;

    PackRescue(final PackShelf shelf, final LivePart live, final int mostObjects) {
        this.shelf = shelf;
        this.live = live;
        this.mostObjects = mostObjects;
        group();
    }

    private void group() {
        List<Pack> group = new ArrayList<>();
        long objects = 0;
        for (int i = 0; i < live.packs().size(); i++) {
            final long count = live.count(i);
            if (!group.isEmpty() && objects + count > mostObjects) {
                groups.add(group);
                group = new ArrayList<>();
                objects = 0;
            }
            if (count > 0) {
                group.add(live.packs().get(i));
                objects += count;
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
    }

    /** @return whether there is more to do */
    boolean step(final Pause pause) throws IOException {
        if (split == null && groups.isEmpty()) {
            return false;
        }
        final PackMerge merge = new PackMerge(shelf.git(), Packing.merging(), pause, Shallow.read(shelf.git()));
        if (split != null) {
            split = split.step(merge, pause) ? split : null;
        } else {
            final List<Pack> group = groups.poll();
            if (group.size() == 1 && live.count(live.packs().indexOf(group.getFirst())) > mostObjects) {
                split = new PackSplit(shelf, group.getFirst(), live, mostObjects);
            } else {
                written(merge.merge(group, live));
            }
        }
        return split != null || !groups.isEmpty();
    }

    /** What is in the new pack need not be written again. */
    private void written(final PackMerge.Written pack) throws IOException {
        if (pack != null) {
            for (final PackIndex.MutableEntry entry : shelf.open(pack.name()).getIndex()) {
                live.unmark(entry.toObjectId());
            }
        }
    }
}
