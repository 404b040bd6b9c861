package org.portolan.dataplane.command;

/** Receives a worker's events on control's thread. */
public interface EventHandler {
    /**
     * An inside host was refused a session.
     *
     * @param reasonCode a {@link org.portolan.dataplane.counter.DropReason}'s
     * @param port the port that its packet came in by
     * @param host its address
     */
    void onRefused(int reasonCode, int port, int host);

    /**
     * A remote host was refused a session on a static rule or a mapping.
     *
     * @param port the port that its packet came in by
     * @param remote its address
     * @param protocol the forward's IP protocol number
     * @param external the forward's outside address
     * @param externalPort and port
     */
    void onForwardRefused(int reasonCode, int port, int remote, int protocol, int external, int externalPort);
}
