package org.portolan.control.history.peer;

/**
 * How much of the heap peers and clients may take, as numbers of objects. A fifth is for the one peer's history that is
 * checked and merged, and a fifth for the packs that are made for clients: the rest is the router's own.
 */
final class PeerHeap {
    /** Held for each object of a pack while it is parsed, checked and merged. */
    static final int CHECKED_BYTES = 400;

    /** Held for each object of a pack while it is made. */
    static final int PACKED_BYTES = 512;

    /** Held for each of our own objects that is seen while something is looked for. */
    private static final int SEEN_BYTES = 64;

    /** Held for each commit that one of JGit's walks has seen. */
    private static final int WALKED_BYTES = 200;

    /** Held for each binding of a peer that is not taken as it is, while its table is made without it. */
    private static final int LEFT_OUT_BYTES = 800;

    private static final int SHARE = 5;
    private static final int MOST = 1 << 24;

    private PeerHeap() {}

    /** In the pack that has its turn. */
    static int checkedObjects() {
        return objects(CHECKED_BYTES);
    }

    /** In all packs that are made at once. */
    static int packedObjects() {
        return objects(PACKED_BYTES);
    }

    /** Of our own, that are looked at for what a peer leans on. */
    static int ownObjects() {
        return objects(SEEN_BYTES);
    }

    /** Of our own and a peer's, while it is looked for what the two have in common. */
    static int walkedCommits() {
        return objects(WALKED_BYTES);
    }

    /** Of a peer's table, that are not taken as they are. */
    static int leftOutBindings() {
        return objects(LEFT_OUT_BYTES);
    }

    /** Half as many as are checked: their names only are held. */
    static void requireFewLeanings(final int leanings) throws BadPeerException {
        final int most = checkedObjects() / 2;
        if (leanings > most) {
            throw new BadPeerException(
                    "leans on more than %d objects that are here, and the heap has room for no more".formatted(most));
        }
    }

    private static int objects(final int bytes) {
        return (int) Math.min(MOST, Runtime.getRuntime().maxMemory() / SHARE / bytes);
    }
}
