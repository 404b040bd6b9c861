package org.portolan.control.verb;

import java.io.IOException;
import java.io.PrintStream;
import org.portolan.control.config.Config;

/** What {@code portolan replay} calls once the config is right. */
@FunctionalInterface
public interface ReplayLauncher {
    /**
     * @param warnings where the router's log goes
     * @return what the person reads at the end, each line with its newline
     * @throws IOException with a sentence, when a file cannot be read or written, or the order does not fit the config
     */
    String replay(Config config, ReplayOrder order, PrintStream warnings) throws IOException;
}
