package org.portolan.dataplane.forward;

import org.portolan.dataplane.wire.Icmp;

/**
 * How the router answers what it does not carry, as the operator wants it.
 *
 * @param noResourcesCode code of the "destination unreachable" that an inside host gets when its flow finds no session,
 *     mapping or port: {@link Icmp#CODE_HOST_UNREACHABLE} (RFC 6888 REQ-11) or
 *     {@link Icmp#CODE_ADMINISTRATIVELY_PROHIBITED} (RFC 5508 REQ-8)
 * @param resetsUnmatchedTcp whether TCP from outside that belongs to no session gets a reset instead of nothing
 * @param answersUnsolicitedSyn whether a SYN from outside to a port that nothing is mapped to gets "port unreachable" 6
 *     s later (RFC 5382 REQ-4), instead of nothing
 * @param secret new each start: hosts are spread over the buckets of the rate limits by it
 */
public record Answers(int noResourcesCode, boolean resetsUnmatchedTcp, boolean answersUnsolicitedSyn, long secret) {
    public Answers {
        if (noResourcesCode != Icmp.CODE_HOST_UNREACHABLE && noResourcesCode != Icmp.CODE_ADMINISTRATIVELY_PROHIBITED) {
            throw new IllegalArgumentException("no code for a lack of resources: " + noResourcesCode);
        }
    }

    /** Nothing to an unsolicited SYN. */
    public Answers(final int noResourcesCode, final boolean resetsUnmatchedTcp, final long secret) {
        this(noResourcesCode, resetsUnmatchedTcp, false, secret);
    }

    /** Host unreachable, no resets, and nothing to an unsolicited SYN. */
    public static Answers usual(final long secret) {
        return new Answers(Icmp.CODE_HOST_UNREACHABLE, false, secret);
    }
}
