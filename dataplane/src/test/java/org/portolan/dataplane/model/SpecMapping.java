package org.portolan.dataplane.model;

import java.util.LinkedHashSet;
import java.util.Set;

/** An inside endpoint and its outside endpoint, by one egress. */
final class SpecMapping {
    private static final int NEVER = -1;

    final SpecEndpoint inside;
    final SpecEndpoint outside;
    final int egress;

    /** Whether it is a forward's: it does not count for its host's ports and does not rest. */
    boolean isStatic;

    /** Whether it is one flow's, and others may have the same outside endpoint. */
    boolean isShared;

    int sessions;

    /** The same, one by one. */
    final Set<SpecSession> all = new LinkedHashSet<>();

    /** Whether an outside host has opened a session on it since it last had none, without a forward. */
    boolean isCalled;

    /** Its rule's, or null of a dynamic one. */
    SpecSlot slot;

    /** Whether a session ended otherwise than by a close that was seen, so that packets may still come. */
    boolean mustRest;

    int restsSinceS = NEVER;

    SpecMapping(final SpecEndpoint inside, final SpecEndpoint outside, final int egress, final boolean isStatic) {
        this.inside = inside;
        this.outside = outside;
        this.egress = egress;
        this.isStatic = isStatic;
    }

    /** Whether it is a whole address's, for all protocols and ports. */
    boolean isWhole() {
        return outside.protocol() == SpecProtocol.EVERY;
    }

    boolean isResting() {
        return restsSinceS != NEVER;
    }

    void rest(final int nowS) {
        restsSinceS = nowS;
    }

    void wake() {
        restsSinceS = NEVER;
    }

    @Override
    public String toString() {
        return "%s = %s, %d sessions%s%s"
                .formatted(
                        inside,
                        outside,
                        sessions,
                        isStatic ? ", a forward's" : "",
                        isResting() ? ", rests since " + restsSinceS + " s" : "");
    }
}
