package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;

/** Whether the objects of a pack are in packs that stay. */
final class Redundancy {
    private Redundancy() {}

    /** Packs of which one other pack holds everything: replaced, and the router ended before they were deleted. */
    static List<PackShelf.Shelved> find(final PackShelf shelf) throws IOException {
        final List<PackShelf.Shelved> live = shelf.live();
        final List<PackShelf.Shelved> redundant = new ArrayList<>();
        for (final PackShelf.Shelved each : live) {
            if (!each.isKept() && isInLarger(shelf, each, live)) {
                redundant.add(each);
            }
        }
        return redundant;
    }

    private static boolean isInLarger(
            final PackShelf shelf, final PackShelf.Shelved pack, final List<PackShelf.Shelved> live)
            throws IOException {
        final PackIndex index = shelf.open(pack.name()).getIndex();
        for (final PackShelf.Shelved other : live) {
            final boolean larger = other.objects() > pack.objects()
                    || other.objects() == pack.objects() && other.name().compareTo(pack.name()) > 0;
            if (larger && holdsAll(shelf.open(other.name()).getIndex(), index)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsAll(final PackIndex one, final PackIndex of) {
        for (final PackIndex.MutableEntry entry : of) {
            if (!one.contains(entry.toObjectId())) {
                return false;
            }
        }
        return true;
    }

    /** Whether each of its objects is in a pack that stays: then no reader can miss it. */
    static boolean isHeldElsewhere(final PackShelf shelf, final Pack pack) throws IOException {
        final List<PackIndex> others = new ArrayList<>();
        for (final Pack other : shelf.open(shelf.live())) {
            if (!other.getPackName().equals(pack.getPackName())) {
                others.add(other.getIndex());
            }
        }
        int last = 0;
        for (final PackIndex.MutableEntry entry : pack.getIndex()) {
            final int holder = holder(others, entry, last);
            if (holder < 0) {
                return false;
            }
            last = holder;
        }
        return true;
    }

    /** Begins with the one that held the object before: mostly it is that one. */
    private static int holder(final List<PackIndex> packs, final PackIndex.MutableEntry entry, final int first) {
        final var id = entry.toObjectId();
        for (int i = 0; i < packs.size(); i++) {
            final int at = (first + i) % packs.size();
            if (packs.get(at).contains(id)) {
                return at;
            }
        }
        return -1;
    }
}
