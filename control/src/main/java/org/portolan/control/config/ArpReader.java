package org.portolan.control.config;

import org.portolan.control.config.Config.Arp;

/** [arp]: how long neighbors are trusted, and kept. */
final class ArpReader {
    /** Less than the 5 s between two looks at what is in use could not be kept. */
    static final int LEAST_S = 5;

    static final int LONGEST_REACHABLE_S = 3_600;
    static final int LONGEST_IDLE_S = 86_400;
    static final int DEFAULT_REACHABLE_S = 60;
    static final int DEFAULT_IDLE_S = 1_200;

    private final Section arp;

    ArpReader(final Section arp) {
        this.arp = arp;
    }

    Arp read() {
        final int reachableS = arp.integer("reachable", LEAST_S, LONGEST_REACHABLE_S, DEFAULT_REACHABLE_S);
        final int idleS = arp.integer("idle", LEAST_S, LONGEST_IDLE_S, DEFAULT_IDLE_S);
        arp.finish();
        return new Arp(reachableS, idleS);
    }
}
