package org.portolan.dataplane.neighbor;

import java.util.Arrays;
import org.agrona.collections.Int2IntCounterMap;

/**
 * How many requests an interface may send a second, dealt so that no kind starves another: each kind has a reserve that
 * is its own, and what is beyond all reserves goes to the first that comes. Lookups are dealt among those who ask: one
 * host may send as many as are left for all others, so that one that sweeps the subnet gets half. Control only.
 */
final class RequestRate {
    /** Asks everybody: frames wait for the answer. */
    static final int LOOKUP = 0;

    /** Asks one that is sent to, or whose MAC is disputed; it stays usable while it waits. */
    static final int WANTED_PROBE = 1;

    /** Asks one that nobody sends to: remembered, suggested by a peer, idle. */
    static final int IDLE_PROBE = 2;

    private static final long WINDOW_MS = 1_000;

    private final int most;
    private final int[] reserves;
    private final int[] sent = new int[3];
    private final Int2IntCounterMap sentFor = new Int2IntCounterMap(0);
    private long windowMs;

    /** @param most requests a second; half of them are the lookups', a quarter and a tenth the probes' */
    RequestRate(final int most) {
        this.most = most;
        reserves = new int[] {Math.max(1, most / 2), Math.max(1, most / 4), Math.max(1, most / 10)};
    }

    /**
     * Whether so many frames of this kind may be sent now.
     *
     * @param asker who wants a lookup; not looked at for probes
     */
    boolean isAllowed(final int kind, final int asker, final int frames, final long nowMs) {
        if (nowMs - windowMs >= WINDOW_MS) {
            windowMs = nowMs;
            Arrays.fill(sent, 0);
            sentFor.clear();
        }
        final int free = free(kind);
        return free >= frames && (kind != LOOKUP || sentFor.get(asker) <= free);
    }

    private int free(final int kind) {
        int spoken = 0;
        int all = 0;
        for (int other = 0; other < sent.length; other++) {
            all += sent[other];
            spoken += other == kind ? sent[other] : Math.max(sent[other], reserves[other]);
        }
        return Math.min(most - all, Math.max(reserves[kind] - sent[kind], most - spoken));
    }

    /** So many were sent, after {@link #isAllowed}. */
    void onSent(final int kind, final int asker, final int frames) {
        sent[kind] += frames;
        if (kind == LOOKUP) {
            sentFor.getAndAdd(asker, frames);
        }
    }

    /** When one that is not allowed now may be again. */
    long nextMs() {
        return windowMs + WINDOW_MS;
    }
}
