package org.portolan.control.history.pack;

import org.eclipse.jgit.storage.pack.PackConfig;

/** How packs are written here, and how large they may grow: small on the disk, and within the router's heap. */
public final class Packing {
    /** Held for each object of a pack while it is written out of others. */
    private static final int MERGED_BYTES = 240;

    /** Packs that are larger are not worth their time; of 600 MB of heap this is the share. */
    private static final int LARGEST = 500_000;

    /** No more objects are held at once while packs are merged: 223,696 with 256 MB of heap. */
    public static final int MOST_OBJECTS = Math.min(LARGEST, HeapShare.MERGED.count(MERGED_BYTES));

    /** 100 saves 1 % more, and a table of an old time takes longer to read. */
    private static final int DEEPEST = 50;

    /** 10 takes 1 % more, 50 takes 2 % less and three times as long. */
    private static final int WINDOW = 20;

    private static final int BEST = 9;
    private static final int DELTA_CACHE_BYTES = 4 << 20;
    private static final int SEARCH_BYTES = 8 << 20;
    private static final int BIG_FILE_BYTES = 1 << 20;

    private Packing() {}

    /**
     * For a pack that stays. Objects that are whole in their pack are deflated again, which costs a quarter of the
     * time: JGit takes it that a delta was looked for in vain for each that it may copy. So it finds none across the
     * packs that are merged, and those take 1,066 bytes a change instead of 806.
     */
    public static PackConfig merging() {
        final PackConfig config = serving();
        config.setReuseObjects(false);
        return config;
    }

    /** For a pack that goes to a client, who must not take all processors either: what lies there is copied. */
    public static PackConfig serving() {
        final PackConfig config = new PackConfig();
        config.setThreads(1);
        config.setIndexVersion(2);
        config.setBuildBitmaps(false);
        config.setDeltaBaseAsOffset(true);
        config.setMaxDeltaDepth(DEEPEST);
        config.setDeltaSearchWindowSize(WINDOW);
        config.setDeltaSearchMemoryLimit(SEARCH_BYTES);
        config.setDeltaCacheSize(DELTA_CACHE_BYTES);
        config.setBigFileThreshold(BIG_FILE_BYTES);
        config.setCompressionLevel(BEST);
        return config;
    }
}
