package org.portolan.control.log;

import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What libraries say through java.util.logging, as debug lines of the router's log: JGit tells of a damaged pack with a
 * stack trace, and throws besides, and who called it says so in a sentence.
 */
public final class LibraryLog extends Handler {
    private static final String ALL = "";

    private final Log log;

    private LibraryLog(final Log log) {
        this.log = log;
    }

    /** Instead of all handlers that there were, for the whole process. */
    public static void install(final Log log) {
        LogManager.getLogManager().reset();
        Logger.getLogger(ALL).addHandler(new LibraryLog(log));
    }

    @Override
    public void publish(final LogRecord said) {
        final String thrown = said.getThrown() == null ? "" : ": " + Log.describe(said.getThrown());
        log.debug("%s: %s%s", said.getLoggerName(), said.getMessage(), thrown);
    }

    @Override
    public void flush() {
        // Every line of the log is.
    }

    @Override
    public void close() {
        // The log is its maker's.
    }
}
