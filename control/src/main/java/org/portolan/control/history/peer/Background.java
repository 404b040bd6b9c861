package org.portolan.control.history.peer;

import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** For threads that have time. */
final class Background {
    private static final POSIX SYSTEM = POSIXFactory.getNativePOSIX();
    private static final int PRIO_PROCESS = 0;
    private static final int NICE = 10;

    private Background() {}

    /** Whoever carries frames comes first (setpriority(2): on Linux this is the calling thread's alone). */
    static void yieldToFrames() {
        SYSTEM.setpriority(PRIO_PROCESS, 0, NICE);
    }
}
