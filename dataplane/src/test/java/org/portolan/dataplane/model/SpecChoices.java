package org.portolan.dataplane.model;

import java.util.List;

/**
 * What the specification leaves open, and the router decides: it is asked for what it has chosen, and the model judges
 * whether that was allowed. A port must be hard to guess (RFC 6056), so nobody can predict it; of two that rest since
 * the same second, either may go first.
 */
interface SpecChoices {
    /** The one of these mappings of one inside endpoint that its new session is on. */
    SpecMapping used(List<SpecMapping> candidates);

    /** The outside endpoint of a new mapping for a flow: of its address's sessions by an egress, the one that nobody held before. */
    SpecEndpoint newEndpoint(SpecFlow flow, int egress);

    /** The one of these mappings that does not rest any more. */
    SpecMapping endedRest(List<SpecMapping> candidates);

    /** The one of these closed sessions that is not there any more. */
    SpecSession ended(List<SpecSession> candidates);

    /** Whether the router's next frame by a port is one that the limit of its own answers would have allowed. */
    boolean hasAnswered(int port, byte[] frame);

    /** All sessions in the order in which the sweep after a change of the policy comes to them. */
    List<SpecSession> inSweepOrder(List<SpecSession> sessions);
}
