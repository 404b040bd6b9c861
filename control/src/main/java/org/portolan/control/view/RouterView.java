package org.portolan.control.view;

import java.util.List;
import java.util.Optional;
import org.portolan.control.history.query.HistoryQuery;

/**
 * A running router as its operator sees it, and what an operator may change. The threads that serve operators call
 * each method, several at a time; none may stop, lock or wait for a worker. What cannot be answered now is refused in a
 * sentence.
 */
public interface RouterView {

    /** Takes sessions one by one. */
    @FunctionalInterface
    interface SessionVisitor {
        /** Whether to go on: false when enough were seen, or the client is gone. */
        boolean onSession(LiveSession row);
    }

    /**
     * Hands every live session to the visitor, in any order, as it is found; a session that begins or ends meanwhile
     * may or may not be among them.
     *
     * @param filter sessions that it does not match need not be handed over, which saves making their rows; handing
     *     them over does no harm
     */
    void sessions(SessionFilter filter, SessionVisitor visitor) throws RefusedException;

    /** The words that {@link LiveSession#state} can be, so that a mistyped filter is not taken for an empty answer. */
    List<String> sessionStates();

    StatsRow stats() throws RefusedException;

    LatencyRow latency() throws RefusedException;

    /** In the order of the config. */
    List<InterfaceRow> interfaces() throws RefusedException;

    /** By interface, then by address. */
    List<ArpRow> arp() throws RefusedException;

    NeighborEditor neighbors();

    /** Empty when the router keeps none. */
    Optional<HistoryQuery> history();
}
