package org.portolan.dataplane.io.packet;

/**
 * How long a ring may stand still for frames that the kernel refuses. The kernel has one errno, ENOBUFS, for a device
 * whose queue is full for now and for a frame that it will never take; only time tells them apart. Each frame gets
 * {@link #FRAME_NS}, all frames together {@link #BUDGET_NS} in each {@link #WINDOW_NS}: a sender of frames that are
 * always refused can hold up the others for 2 % of the time. One thread.
 */
final class Patience {
    /** A full queue of 1,000 frames drains in that time (net.core.netdev_max_backlog at 1 us a frame). */
    static final long FRAME_NS = 1_000_000;

    static final long BUDGET_NS = 20_000_000;
    static final long WINDOW_NS = 1_000_000_000;

    private boolean standing;
    private long sinceNs;
    private long windowNs;
    private long spentNs;

    /** Whether the refused frame at the head gets another chance. */
    boolean allows(final long nowNs) {
        if (!standing) {
            if (spentNs == 0 || nowNs - windowNs >= WINDOW_NS) {
                windowNs = nowNs;
                spentNs = 0;
            }
            standing = true;
            sinceNs = nowNs;
        }
        final long standsNs = nowNs - sinceNs;
        return standsNs < FRAME_NS && spentNs + standsNs < BUDGET_NS;
    }

    /** The frame at the head has left or was given up. */
    void moved(final long nowNs) {
        if (standing) {
            spentNs += nowNs - sinceNs;
            standing = false;
        }
    }
}
