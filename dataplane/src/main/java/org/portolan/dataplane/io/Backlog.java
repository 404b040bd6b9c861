package org.portolan.dataplane.io;

/**
 * What a driver took for sending and the kernel has not taken: frames that still wait, and frames that will never
 * leave. The driver writes it at each flush that did not empty it; the worker reads it at the batch border and corrects
 * its counters. One thread.
 *
 * <p>The router's own frames are counted apart from those that it forwards, since they are in other books.
 */
public final class Backlog {
    /** Of a driver that leaves nothing behind; nobody changes it. */
    static final Backlog NONE = new Backlog();

    private int waiting;
    private int waitingOwn;
    private long waitingBytes;
    private int settled;
    private int settledOwn;
    private long settledBytes;
    private int refused;
    private int late;
    private int abandoned;
    private int lostOwn;
    private long lostBytes;
    private boolean changed;

    /** Why a frame will never leave. */
    public enum Loss {
        REFUSED,
        LATE,
        ABANDONED
    }

    /** A frame that was taken begins to wait. */
    public void waits(final boolean own, final int bytes) {
        move(own, bytes, 1);
    }

    /** A frame that waited has left. */
    public void left(final boolean own, final int bytes) {
        move(own, -bytes, -1);
    }

    private void move(final boolean own, final int bytes, final int frames) {
        changed = true;
        waitingBytes += bytes;
        if (own) {
            waitingOwn += frames;
        } else {
            waiting += frames;
        }
    }

    /** A frame that waited will never leave. */
    public void loses(final boolean own, final int bytes, final Loss why) {
        move(own, -bytes, -1);
        lostBytes += bytes;
        if (own) {
            lostOwn++;
        } else if (why == Loss.REFUSED) {
            refused++;
        } else if (why == Loss.LATE) {
            late++;
        } else {
            abandoned++;
        }
    }

    /** Whether anything happened since {@link #settle}. */
    public boolean isChanged() {
        return changed;
    }

    /** Forwarded frames that wait now. */
    public int waiting() {
        return waiting;
    }

    /** Frames that wait now, the router's own among them. */
    public int allWaiting() {
        return waiting + waitingOwn;
    }

    /** Forwarded frames that the kernel refused since {@link #settle}. */
    public int refused() {
        return refused;
    }

    /** Forwarded frames that became too old since {@link #settle}. */
    public int late() {
        return late;
    }

    /** Forwarded frames that were still there when the driver was taken out of use. */
    public int abandoned() {
        return abandoned;
    }

    /** The router's own frames that were lost since {@link #settle}. */
    public int lostOwn() {
        return lostOwn;
    }

    /**
     * Forwarded frames that {@link FrameIo#send} took since {@link #settle} and that did not leave; negative when more
     * left late than were kept back.
     */
    public int unsent() {
        return waiting - settled + refused + late + abandoned;
    }

    /** As {@link #unsent}, of the router's own frames. */
    public int unsentOwn() {
        return waitingOwn - settledOwn + lostOwn;
    }

    /** As {@link #unsent}, bytes of all frames. */
    public long unsentBytes() {
        return waitingBytes - settledBytes + lostBytes;
    }

    /** The worker has read everything: differences count from here. */
    public void settle() {
        settled = waiting;
        settledOwn = waitingOwn;
        settledBytes = waitingBytes;
        refused = 0;
        late = 0;
        abandoned = 0;
        lostOwn = 0;
        lostBytes = 0;
        changed = false;
    }
}
