package org.portolan.control.view;

import java.util.List;

/**
 * The changes of neighbors that an operator may ask for. The threads that serve operators call it; each change is
 * made on control's thread, and the call waits for it. Addresses are ints as {@code Memory.u32} reads them, {@code by}
 * is the user who asks.
 */
public interface NeighborEditor {

    /** An address and the MAC that it is to have. */
    record Binding(int address, long mac) {}

    /**
     * What became of one binding.
     *
     * @param interfaceName where it is; empty when it was refused
     * @param already whether the same was static before, so that nothing changed
     * @param refusal why it was not taken, a sentence; empty when it was
     */
    record Outcome(Binding binding, String interfaceName, boolean already, String refusal) {
        public boolean isRefused() {
            return !refusal.isEmpty();
        }
    }

    /**
     * Makes bindings static, each for itself: one that is refused stops no other.
     *
     * @param interfaceName where the addresses must be; empty for wherever their subnet is
     * @return an outcome for each, in their order
     */
    List<Outcome> pin(List<Binding> bindings, String interfaceName, String by) throws RefusedException;

    /** Removes a static binding; the name of the interface that it was on. */
    String unpin(int address, String by) throws RefusedException;

    /** Forgets one that is not static; how many there were. */
    int flush(int address, String by) throws RefusedException;

    /**
     * Forgets all that are not static; how many there were.
     *
     * @param interfaceName where; empty for everywhere
     */
    int flushAll(String interfaceName, String by) throws RefusedException;
}
