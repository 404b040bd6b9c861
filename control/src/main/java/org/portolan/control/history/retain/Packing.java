package org.portolan.control.history.retain;

import org.eclipse.jgit.storage.pack.PackConfig;

/** How packs are written here, and how large they may grow: small on the disk, and within the router's heap. */
final class Packing {
    /**
     * No more objects are ever held at once: about 240 bytes each while they are packed, so 120 MB of the router's
     * heap.
     */
    static final int MOST_OBJECTS = 500_000;

    private static final int DEEPEST = 50;
    private static final int WINDOW = 10;
    private static final int BEST = 9;
    private static final int DELTA_CACHE_BYTES = 4 << 20;
    private static final int SEARCH_BYTES = 8 << 20;
    private static final int BIG_FILE_BYTES = 1 << 20;

    private Packing() {}

    /** @param deflateAgain for packs that were written in haste, one batch each */
    static PackConfig config(final boolean deflateAgain) {
        final PackConfig config = new PackConfig();
        config.setThreads(1);
        config.setIndexVersion(2);
        config.setBuildBitmaps(false);
        config.setDeltaBaseAsOffset(true);
        config.setReuseDeltas(true);
        config.setReuseObjects(!deflateAgain);
        config.setMaxDeltaDepth(DEEPEST);
        config.setDeltaSearchWindowSize(WINDOW);
        config.setDeltaSearchMemoryLimit(SEARCH_BYTES);
        config.setDeltaCacheSize(DELTA_CACHE_BYTES);
        config.setBigFileThreshold(BIG_FILE_BYTES);
        config.setCompressionLevel(BEST);
        return config;
    }
}
