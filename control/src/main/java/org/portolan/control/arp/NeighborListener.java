package org.portolan.control.arp;

import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborReason;

/** Hears of every change of a binding. Called on control's thread: must not block, and must not call back. */
@FunctionalInterface
public interface NeighborListener {
    /**
     * @param port the interface's index among the workers' ports
     * @param macOld what it was, 0 for nothing
     * @param mac what it is, 0 for nothing; for DISPUTED the refused claim
     * @param by who asked for it: an operator's user name, {@link org.portolan.control.history.Remembered#CONFIG}, a
     *     peer's name; "" when nobody did
     */
    void changed(int port, NeighborChange kind, NeighborReason reason, int address, long macOld, long mac, String by);
}
