package org.portolan.dataplane.command;

/** What a worker does on control's word. Called on the worker's thread, at a batch border. */
public interface CommandHandler {
    /** Free the session if it is still that generation and was not seen since. */
    void onExpire(int session, int generation, int lastSeenWord);

    /** Judge the session again, and end it if the policy of this epoch does not allow it. */
    void onRecheck(int session, int epoch);

    /** The link under a port changed. */
    void onLink(int port, boolean up, int mtu, long mac);

    /** A driver for this port lies ready in the hand-over. */
    void onReplaceIo(int port);

    /** Count latency in the other set of counts from now on. */
    void onSwapLatency();
}
