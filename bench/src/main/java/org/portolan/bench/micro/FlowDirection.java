package org.portolan.bench.micro;

/** Which way a flow's packets go. */
public enum FlowDirection {
    /** From an inside host to a remote one. */
    OUTBOUND,
    /** From a remote host to the flow's outside address and port. */
    INBOUND
}
