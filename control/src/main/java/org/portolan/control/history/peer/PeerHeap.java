package org.portolan.control.history.peer;

import org.portolan.control.history.pack.HeapShare;

/**
 * How much of the heap peers and clients may take, as numbers of objects: what their {@link HeapShare} has room for.
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

    private PeerHeap() {}

    /** In the pack that has its turn. */
    static int checkedObjects() {
        return HeapShare.FETCHED.count(CHECKED_BYTES);
    }

    /** In all packs that are made at once. */
    static int packedObjects() {
        return HeapShare.SERVED.count(PACKED_BYTES);
    }

    /** Our own objects that are looked at because a peer depends on them. */
    static int ownObjects() {
        return HeapShare.FETCHED.count(SEEN_BYTES);
    }

    /** Of our own and a peer's, while it is looked for what the two have in common. */
    static int walkedCommits() {
        return HeapShare.FETCHED.count(WALKED_BYTES);
    }

    /** Of a peer's table, that are not taken as they are. */
    static int leftOutBindings() {
        return HeapShare.FETCHED.count(LEFT_OUT_BYTES);
    }

    /** Half as many as are checked: their names only are held. */
    static void requireFewLeanings(final int leanings) throws BadPeerException {
        final int most = checkedObjects() / 2;
        if (leanings > most) {
            throw new BadPeerException(
                    "depends on more than %d objects of this router, and the heap has no room for more"
                            .formatted(most));
        }
    }
}
