package org.portolan.dataplane.model;

import java.util.List;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.PolicyTerms;

/** Whether a session may go on after the policy has changed. */
final class SpecPolicy {
    private SpecPolicy() {}

    /** What has to end. */
    enum Verdict {
        ALLOWED,
        ENDS_SESSION,
        ENDS_MAPPING,
        ENDS_HOST
    }

    /**
     * A session may go on when
     *
     * <ol>
     * <li>its inside address is behind an inside interface, or its whole host ends,
     * <li>its outside endpoint is that of a forward to the same inside endpoint, or of no forward and then a pool's, and
     * a whole address before is one now, or its whole mapping ends,
     * <li>its protocol, if it has no ports, is carried,
     * <li>the way to its remote leads out by the interface of its outside address; for one that an outside host opened
     * it must not lead inside,
     * <li>its remote is not exempt from translation, unless it opened the session,
     * <li>one that an outside host opened on a forward still has it,
     * <li>and its remote is an address of the router's exactly when it is a half of a hairpin.
     * </ol>
     */
    static Verdict judge(
            final SpecSession session, final SpecTerms terms, final SpecTerms before, final List<SpecPort> ports) {
        final SpecMapping mapping = session.mapping;
        final int home = terms.routePort(session.inside.address());
        if (home < 0 || ports.get(home).isOutside) {
            return Verdict.ENDS_HOST;
        }
        final PolicyTerms.Forward forward = terms.forwardAt(session.outside);
        final boolean isOutsideEndpointKept = forward != null
                ? SpecTerms.insideOf(forward, session.outside).equals(session.inside)
                : terms.poolOf(session.outside.address()) >= 0;
        final int protocol = session.outside.protocol();
        final boolean isCarried =
                SpecProtocol.hasPorts(protocol) || terms.refusalOfOther(protocol, forward != null) == DropReason.NONE;
        final boolean isWholeAddressLost =
                before.isWhole(session.outside.address()) && !terms.isWhole(session.outside.address());
        if (!isOutsideEndpointKept || isWholeAddressLost) {
            return Verdict.ENDS_MAPPING;
        }
        final int remote = session.remote.address();
        if (!isCarried
                || session.fromOutside && mapping.isStatic && forward == null
                || session.isHalf != terms.ownsOutside(remote)) {
            return Verdict.ENDS_SESSION;
        }
        final int way = terms.routePort(remote);
        final boolean isAllowed = session.fromOutside
                ? way < 0 || ports.get(way).isOutside
                : way == mapping.egress && !terms.isExempt(remote);
        return isAllowed ? Verdict.ALLOWED : Verdict.ENDS_SESSION;
    }

    /** Whether a session ends with another one that has this verdict. */
    static boolean endsWith(final SpecSession session, final SpecSession judged, final Verdict verdict) {
        return switch (verdict) {
            case ALLOWED -> false;
            case ENDS_SESSION -> session == judged;
            case ENDS_MAPPING -> session.mapping == judged.mapping;
            case ENDS_HOST -> session.inside.address() == judged.inside.address();
        };
    }
}
