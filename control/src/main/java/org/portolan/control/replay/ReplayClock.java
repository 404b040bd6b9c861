package org.portolan.control.replay;

import org.agrona.concurrent.NanoClock;

/** Stands still until the replay moves it. One thread. */
final class ReplayClock implements NanoClock {
    private final long startNs;
    private long nowNs;

    /** @param startNs ns since 1970 */
    ReplayClock(final long startNs) {
        this.startNs = startNs;
        nowNs = startNs;
    }

    void moveTo(final long ns) {
        nowNs = ns;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    /** What the replay's machine has for its boot clock. */
    long sinceStartNs() {
        return nowNs - startNs;
    }
}
