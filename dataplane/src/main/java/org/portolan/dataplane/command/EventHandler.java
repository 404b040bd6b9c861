package org.portolan.dataplane.command;

/** What control hears of a worker's news. */
public interface EventHandler {
    /** @param reasonCode a {@link org.portolan.dataplane.counter.DropReason}'s */
    void onRefused(int reasonCode, int port);
}
