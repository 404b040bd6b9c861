package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Packing;
import org.portolan.control.history.pack.Pause;

/**
 * Makes few large packs out of many small ones while the router runs, in tiers by their number of objects: an object is
 * written about once for each tier, and a repository of years has some thirty packs.
 *
 * <p>Nothing of it needs a memory: what is to be merged is seen by the packs themselves.
 */
public final class Compaction {
    /**
     * Upper ends of the tiers, in objects; a change is seven. A pack above the last is left as it is, and so is one of
     * which two are more than fit into memory: it would keep smaller ones from being merged.
     */
    private static final long[] TIERS = {512, 16_384, 262_144};

    /**
     * So many packs of one tier make one of the next. Few of the small ones, which are written again soon and cheaply:
     * every object that is read is looked for in all of them before the large ones, because they are newer.
     */
    private static final int[] FULL = {12, 12, 32};

    /** A merged pack has some 130 bytes an object. One of a batch holds whole trees and has 1,000. */
    private static final int HASTY_BYTES_AN_OBJECT = 300;

    /** With so much in packs of batches, their number is not waited for. */
    private static final long HASTY_BYTES = 32L << 20;

    private static final int HASTY_FULL = 8;

    private final PackShelf shelf;
    private final int mostObjects;
    private final long[] tiers;

    Compaction(final PackShelf shelf) {
        this(shelf, Packing.MOST_OBJECTS);
    }

    Compaction(final PackShelf shelf, final int mostObjects) {
        this.shelf = shelf;
        this.mostObjects = mostObjects;
        tiers = Arrays.stream(TIERS).map(end -> Math.min(end, mostObjects / 2)).toArray();
    }

    /**
     * What one step did.
     *
     * @param packs the names of those that became one, without extension
     */
    public record Compacted(List<String> packs, long objects, long bytesBefore, long bytesAfter) {}

    /** Writes at most one pack. */
    public Optional<Compacted> step(final long nowMs, final Pause pause) throws IOException {
        for (int tier = 0; tier < tiers.length; tier++) {
            final List<PackShelf.Shelved> packs = due(tier);
            if (!packs.isEmpty()) {
                return Optional.of(merge(packs, nowMs, pause));
            }
        }
        return Optional.empty();
    }

    private List<PackShelf.Shelved> due(final int tier) throws IOException {
        final List<PackShelf.Shelved> packs = new ArrayList<>();
        long hastyBytes = 0;
        long objects = 0;
        int all = 0;
        for (final PackShelf.Shelved each : shelf.live()) {
            if (tier(each.objects()) == tier && !each.isKept()) {
                all++;
                hastyBytes += each.bytes() > HASTY_BYTES_AN_OBJECT * each.objects() ? each.bytes() : 0;
                if (objects + each.objects() <= mostObjects) {
                    objects += each.objects();
                    packs.add(each);
                }
            }
        }
        final boolean isDue = all >= FULL[tier] || packs.size() < all || hastyBytes >= HASTY_BYTES && all >= HASTY_FULL;
        return packs.size() > 1 && isDue ? packs : List.of();
    }

    private int tier(final long objects) {
        int tier = 0;
        while (tier < tiers.length && objects >= tiers[tier]) {
            tier++;
        }
        return tier;
    }

    private Compacted merge(final List<PackShelf.Shelved> packs, final long nowMs, final Pause pause)
            throws IOException {
        long before = 0;
        for (final PackShelf.Shelved each : packs) {
            before += each.bytes();
        }
        final PackMerge.Written written;
        try (PackedSet all = PackedSet.all(shelf.files(packs))) {
            written = new PackMerge(shelf.git(), all, pause).merge();
        }
        shelf.retire(packs, nowMs);
        return new Compacted(
                packs.stream().map(PackShelf.Shelved::name).toList(), written.objects(), before, written.bytes());
    }
}
