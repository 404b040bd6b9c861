package org.portolan.control.history;

/**
 * A binding that the history brings back at start.
 *
 * @param port the interface's index
 * @param by who pinned it; empty for one that was observed
 */
public record Remembered(int port, int address, long mac, String by) {
    /** Who pinned it, when it was the configuration. No operator is called so. */
    public static final String CONFIG = "config";

    public boolean isStatic() {
        return !by.isEmpty();
    }
}
