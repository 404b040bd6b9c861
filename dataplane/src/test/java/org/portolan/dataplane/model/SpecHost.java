package org.portolan.dataplane.model;

import java.util.LinkedHashSet;
import java.util.Set;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.HostLimits;

/** What one inside host has, and what its limits are (RFC 6888 REQ-4, REQ-5). */
final class SpecHost {
    /** Sessions that it opened itself. */
    int sessions;

    /** Dynamic mappings, resting ones included. */
    final Set<SpecMapping> mappings = new LinkedHashSet<>();

    /** Mappings of forwards to it. */
    int forwards;

    private int tokens;
    private int refilledS;

    SpecHost(final HostLimits limits, final int nowS) {
        tokens = limits.burst();
        refilledS = nowS;
    }

    /** Why it may open no session now, or {@link DropReason#NONE}. */
    DropReason refusal(final HostLimits limits, final int nowS) {
        return refusal(limits, 0, nowS);
    }

    /** The same if it had some sessions fewer. */
    DropReason refusal(final HostLimits limits, final int fewer, final int nowS) {
        if (sessions - fewer >= limits.sessions()) {
            return DropReason.HOST_SESSIONS_FULL;
        }
        refill(limits, nowS);
        return limits.hasRate() && tokens <= 0 ? DropReason.HOST_RATE : DropReason.NONE;
    }

    private void refill(final HostLimits limits, final int nowS) {
        if (limits.hasRate() && nowS > refilledS) {
            tokens = (int) Math.min(limits.burst(), tokens + (long) (nowS - refilledS) * limits.rate());
            refilledS = nowS;
        }
    }

    void opened(final HostLimits limits) {
        sessions++;
        if (limits.hasRate()) {
            tokens--;
        }
    }

    /** Outside ports that it has. */
    int ports() {
        return mappings.size();
    }

    /** With nothing left nothing is remembered of it. */
    boolean isGone() {
        return mappings.isEmpty() && forwards == 0;
    }
}
