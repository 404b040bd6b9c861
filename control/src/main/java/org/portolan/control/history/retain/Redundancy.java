package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.Pack;

/** Whether the objects of a pack are in packs that stay. */
final class Redundancy {
    private Redundancy() {}

    /** Packs of which one other pack holds everything: replaced, and the router ended before they were deleted. */
    static List<PackShelf.Shelved> find(final PackShelf shelf) throws IOException {
        final List<PackShelf.Shelved> live = shelf.live();
        final List<PackShelf.Shelved> redundant = new ArrayList<>();
        try (Indexes indexes = new Indexes(shelf, names(live))) {
            for (final PackShelf.Shelved each : live) {
                if (!each.isKept() && isInLarger(indexes, each, live)) {
                    redundant.add(each);
                }
            }
        }
        return redundant;
    }

    private static boolean isInLarger(
            final Indexes indexes, final PackShelf.Shelved pack, final List<PackShelf.Shelved> live)
            throws IOException {
        for (final PackShelf.Shelved other : live) {
            final boolean larger = other.objects() > pack.objects()
                    || other.objects() == pack.objects() && other.name().compareTo(pack.name()) > 0;
            if (larger && indexes.holds(other.name(), pack.name())) {
                return true;
            }
        }
        return false;
    }

    /** Whether each object of a pack on its way out is in a pack that stays: then no reader can miss it. */
    static boolean isHeldElsewhere(final PackShelf shelf, final Pack pack) throws IOException {
        final String name = PackShelf.name(pack);
        final Set<String> all = names(shelf.live());
        all.add(name);
        try (Indexes indexes = new Indexes(shelf, all)) {
            return indexes.othersHold(name);
        }
    }

    private static Set<String> names(final List<PackShelf.Shelved> packs) {
        final Set<String> names = new LinkedHashSet<>();
        packs.forEach(each -> names.add(each.name()));
        return names;
    }
}
