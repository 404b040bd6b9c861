package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;

/** Which objects of some packs are still reachable: a bit each, at the object's place in the pack's index. */
final class LivePart implements ObjectIdSet {
    private final List<Pack> packs;
    private final List<BitSet> alive = new ArrayList<>();

    LivePart(final List<Pack> packs) {
        this.packs = List.copyOf(packs);
        packs.forEach(pack -> alive.add(new BitSet()));
    }

    List<Pack> packs() {
        return packs;
    }

    /** Notes an object, if one of the packs has it. */
    void mark(final AnyObjectId id) throws IOException {
        set(id, true);
    }

    /** It is in another pack now. */
    void unmark(final AnyObjectId id) throws IOException {
        set(id, false);
    }

    private void set(final AnyObjectId id, final boolean value) throws IOException {
        for (int i = 0; i < packs.size(); i++) {
            final int position = packs.get(i).getIndex().findPosition(id);
            if (position >= 0) {
                alive.get(i).set(position, value);
            }
        }
    }

    @Override
    public boolean contains(final AnyObjectId id) {
        try {
            for (int i = 0; i < packs.size(); i++) {
                final int position = packs.get(i).getIndex().findPosition(id);
                if (position >= 0 && alive.get(i).get(position)) {
                    return true;
                }
            }
            return false;
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** An object that two of the packs have counts twice. */
    long count() {
        long count = 0;
        for (final BitSet each : alive) {
            count += each.cardinality();
        }
        return count;
    }

    long count(final int pack) {
        return alive.get(pack).cardinality();
    }
}
