package org.portolan.control.config;

import java.util.List;
import java.util.Locale;
import org.portolan.control.config.Config.Arp;
import org.portolan.dataplane.neighbor.Contested;

/** [arp]: how long neighbors are trusted, and kept, and which of two hosts with one address is believed. */
final class ArpReader {
    /** Less than the 5 s between two looks at what is in use could not be kept. */
    static final int LEAST_S = 5;

    static final int LONGEST_REACHABLE_S = 3_600;
    static final int LONGEST_IDLE_S = 86_400;
    static final int DEFAULT_REACHABLE_S = 60;
    static final int DEFAULT_IDLE_S = 1_200;

    private static final String HELD = "held";
    private static final String NEWEST = "newest";

    private final Section arp;

    ArpReader(final Section arp) {
        this.arp = arp;
    }

    Arp read() {
        final int reachableS = arp.integer("reachable", LEAST_S, LONGEST_REACHABLE_S, DEFAULT_REACHABLE_S);
        final int idleS = arp.integer("idle", LEAST_S, LONGEST_IDLE_S, DEFAULT_IDLE_S);
        final String contested = arp.choice("contested", HELD, List.of(HELD, NEWEST), List.of());
        arp.finish();
        return new Arp(reachableS, idleS, Contested.valueOf(contested.toUpperCase(Locale.ROOT)));
    }
}
