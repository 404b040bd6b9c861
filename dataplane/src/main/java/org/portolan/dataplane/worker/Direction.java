package org.portolan.dataplane.worker;

/** Which way a frame went through the router; each way has a latency histogram of its own. */
public enum Direction {
    /** From an inside network to an outside one, translated. */
    OUTBOUND,

    /** From an outside network to an inside one, translated. */
    INBOUND,

    /**
     * From one inside network to another or back into it, routed or hairpinned; or to or from an exempt network, not
     * translated.
     */
    INSIDE
}
