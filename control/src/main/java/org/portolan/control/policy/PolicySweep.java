package org.portolan.control.policy;

import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.policy.Policy;

/**
 * Looks at every session after a change of the policy and asks the worker to judge those again that the policy does not
 * allow, or whose inside host is behind another interface now. A pass over all of them is spread over a second or more,
 * a slice each call; passes follow each other until one has found nothing, so a full ring or a session that changed
 * under the reader only means one pass more.
 */
final class PolicySweep {
    /** Slices of a pass. */
    private static final int SLICES = 100;

    private static final long SLICE_NS = 1_000_000_000L / SLICES;

    /** Live sessions that a slice looks at: well below a millisecond. */
    private static final int MOST_LOOKS = 8_192;

    /** Commands of a slice: a sixteenth of the ring, so that others find room. */
    private static final int MOST_COMMANDS = 1_024;

    /** How often a session is read again that changes while it is read. */
    private static final int TRIES = 16;

    private final SessionReader sessions;
    private final CommandProxy commands;
    private final SessionRow row = new SessionRow();
    private final int sliceSize;
    private Policy policy;
    private int next;
    private long nextSliceNs;
    private boolean clean;

    PolicySweep(final SessionReader sessions, final CommandProxy commands) {
        this.sessions = sessions;
        this.commands = commands;
        sliceSize = (sessions.capacity() + SLICES - 1) / SLICES;
    }

    /** @param adopted by the worker already: sessions that open from now on follow it */
    void begin(final Policy adopted) {
        policy = adopted;
        next = 0;
        clean = true;
    }

    /**
     * Looks at the next slice, when it is due.
     *
     * @param nowNs monotonic
     * @return whether a whole pass has found nothing
     */
    boolean poll(final long nowNs) {
        if (nowNs - nextSliceNs < 0) {
            return false;
        }
        nextSliceNs = nowNs + SLICE_NS;
        final int end = Math.min(next + sliceSize, sessions.capacity());
        int looks = 0;
        int sent = 0;
        for (; next < end && looks < MOST_LOOKS && sent < MOST_COMMANDS; next++) {
            if (sessions.lastSeenWord(next) == 0) {
                continue;
            }
            looks++;
            if (mustBeJudged(next)) {
                clean = false;
                sent++;
                if (!commands.recheck(next, policy.epoch())) {
                    return false;
                }
            }
        }
        if (next < sessions.capacity()) {
            return false;
        }
        final boolean done = clean;
        next = 0;
        clean = true;
        return done;
    }

    private boolean mustBeJudged(final int session) {
        for (int i = 0; i < TRIES; i++) {
            if (sessions.snapshot(session, row)) {
                return !isAllowed()
                        || !row.isHairpin() && policy.routePort(row.insideAddress()) != row.insideInterface();
            }
            if (sessions.lastSeenWord(session) == 0) {
                return false;
            }
        }
        // It changes all the time: the worker, which changes it, can judge it.
        return true;
    }

    /** What the outside opened may be on a rule or not: the worker knows, and judges each that would need one. */
    private boolean isAllowed() {
        return policy.verdict(
                        row.isFromOutside() ? Policy.ON_RULE : Policy.FROM_INSIDE,
                        row.isHairpin(),
                        row.protocol(),
                        row.insideAddress(),
                        row.insidePort(),
                        row.outsideAddress(),
                        row.outsidePort(),
                        row.remoteAddress())
                == Policy.ALLOWED;
    }
}
