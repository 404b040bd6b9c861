package org.portolan.control.verb;

import org.portolan.control.config.Config;
import org.portolan.control.log.Log;

/** What {@code portolan run} calls once the config is right; the result is the process's exit code. */
@FunctionalInterface
public interface RouterLauncher {
    int run(Config config, Log log);
}
