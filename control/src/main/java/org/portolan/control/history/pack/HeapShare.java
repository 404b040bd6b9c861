package org.portolan.control.history.pack;

/**
 * The parts of the heap that the history's large pieces of work may take. All of them may be taken in full at one
 * moment: together they are less than three quarters of the heap, and the rest is the router's own.
 *
 * <p>So none of them waits for another one. With a small heap packs stay smaller and are served and fetched in smaller
 * parts.
 */
public enum HeapShare {
    /** One peer's history while it is checked and merged; the others wait for their turn. */
    FETCHED(8),

    /** All packs that are being made for clients. */
    SERVED(8),

    /** One pack that is written out of several. */
    MERGED(8),

    /** The table of this router's segments. */
    LEDGER(5);

    /** Of the heap. */
    static final int PARTS = 40;

    private static final int MOST = 1 << 24;

    private final int parts;

    HeapShare(final int parts) {
        this.parts = parts;
    }

    /** How many bytes that is. */
    public long bytes() {
        return Runtime.getRuntime().maxMemory() / PARTS * parts;
    }

    /** How many things of that size fit into it. */
    public int count(final int bytesEach) {
        return (int) Math.min(MOST, bytes() / bytesEach);
    }
}
