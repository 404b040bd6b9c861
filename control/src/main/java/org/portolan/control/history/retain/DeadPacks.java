package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;

/**
 * Finds the packs that are worth a closer look after the boundary moved: those of whose commits many are kept no more.
 * A change is one commit and six other objects, so the commits stand for the rest. One pack a step.
 */
final class DeadPacks {
    private final PackShelf shelf;
    private final ObjectIdSet keptCommits;
    private final double leastDead;
    private final Iterator<PackShelf.Shelved> packs;
    private final List<PackShelf.Shelved> found = new ArrayList<>();
    private final List<PackShelf.Shelved> withoutCommits = new ArrayList<>();

    /** @param leastDead which part of a pack's commits has to be gone: 0 to 1 */
    DeadPacks(final PackShelf shelf, final ObjectIdSet keptCommits, final double leastDead) throws IOException {
        this.shelf = shelf;
        this.keptCommits = keptCommits;
        this.leastDead = leastDead;
        packs = shelf.live().iterator();
    }

    /** @return whether there is more to do */
    boolean step(final Pause pause) throws IOException {
        if (packs.hasNext()) {
            final PackShelf.Shelved next = packs.next();
            if (!next.isKept()) {
                look(next, pause);
            }
        }
        return packs.hasNext();
    }

    private void look(final PackShelf.Shelved shelved, final Pause pause) throws IOException {
        final Pack pack = shelf.open(shelved.name());
        final PackIndex index = pack.getIndex();
        long commits = 0;
        long dead = 0;
        int since = 0;
        try (PackScan scan = new PackScan(pack.getPackFile().toPath(), index)) {
            for (final PackIndex.MutableEntry entry : index) {
                if (scan.type(entry.getOffset()) == Constants.OBJ_COMMIT) {
                    final ObjectId id = entry.toObjectId();
                    commits++;
                    dead += keptCommits.contains(id) ? 0 : 1;
                }
                if ((++since & 0x3FF) == 0) {
                    pause.pause();
                }
            }
        }
        if (commits == 0) {
            withoutCommits.add(shelved);
        } else if (dead > 0 && dead >= commits * leastDead) {
            found.add(shelved);
        }
    }

    /**
     * With them those that hold no commit at all, such as what an earlier pass rescued: nothing tells how dead they
     * are.
     */
    List<PackShelf.Shelved> found() {
        if (found.isEmpty()) {
            return List.of();
        }
        final List<PackShelf.Shelved> all = new ArrayList<>(withoutCommits);
        all.addAll(found);
        return all;
    }
}
