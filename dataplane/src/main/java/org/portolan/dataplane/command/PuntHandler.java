package org.portolan.dataplane.command;

/** What control does with what a worker could not answer. */
public interface PuntHandler {
    /** @param frame address of the Ethernet header in the ring, gone after the call */
    void onArp(int port, long frame, int length);

    /** @param asker source address of the frame that waits */
    void onResolve(int port, int address, int asker);
}
