package org.portolan.control.history.peer;

/**
 * What the fetches of all peers share: the heap, which one of them has at a time, and the disk for what has come. Any
 * thread.
 */
public final class FetchRoom {
    private final Turns turns = new Turns();
    private final SpoolRoom spools;

    public FetchRoom() {
        this(new SpoolRoom());
    }

    FetchRoom(final SpoolRoom spools) {
        this.spools = spools;
    }

    Turns turns() {
        return turns;
    }

    SpoolRoom spools() {
        return spools;
    }
}
