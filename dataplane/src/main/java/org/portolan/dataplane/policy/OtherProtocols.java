package org.portolan.dataplane.policy;

/** What is translated of the protocols that have no ports: all but UDP, TCP and ICMP. */
public enum OtherProtocols {
    /** What inside hosts open, and what static rules of whole addresses let in. */
    DYNAMIC,

    /** What static rules of whole addresses cover. */
    STATIC,

    /** Nothing. */
    DROP;

    /** @param hasRule whether a static rule covers the packet */
    public boolean carries(final boolean hasRule) {
        return this == DYNAMIC || this == STATIC && hasRule;
    }
}
