package org.portolan.control;

import org.portolan.control.config.Config;
import org.portolan.control.log.Log;

/** One run of the router. */
public final class Router {
    private Router() {}

    /** Runs until told to end; the process's exit code. */
    public static int run(final Config config, final Log log) {
        throw new IllegalStateException("the router has no dataplane yet");
    }
}
