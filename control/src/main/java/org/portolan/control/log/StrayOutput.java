package org.portolan.control.log;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What libraries print to {@code System.out} and {@code System.err}, and what ends a thread unexpectedly, as lines of
 * the router's log. Otherwise the thread that prints would wait for the reader of stderr.
 */
public final class StrayOutput implements AutoCloseable {
    private static final int LONGEST_LINE = 1_024;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final Thread.UncaughtExceptionHandler uncaught = Thread.getDefaultUncaughtExceptionHandler();

    private StrayOutput() {}

    /** For the whole process, until closed. */
    public static StrayOutput install(final Log log) {
        final StrayOutput before = new StrayOutput();
        System.setOut(stream("stdout", log));
        System.setErr(stream("stderr", log));
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, thrown) -> log.failure("thread " + thread.getName() + " ended", thrown));
        return before;
    }

    /** Puts back what there was. */
    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
        Thread.setDefaultUncaughtExceptionHandler(uncaught);
    }

    private static PrintStream stream(final String name, final Log log) {
        return new PrintStream(new Lines(name, log), true, StandardCharsets.UTF_8);
    }

    /** Cuts what is printed into lines. Not thread-safe: its PrintStream is. */
    private static final class Lines extends OutputStream {
        private final String name;
        private final Log log;
        private final byte[] line = new byte[LONGEST_LINE];
        private int length;

        private Lines(final String name, final Log log) {
            this.name = name;
            this.log = log;
        }

        @Override
        public void write(final int b) {
            if (b == '\n') {
                log.warn("printed to %s: %s", name, new String(line, 0, length, StandardCharsets.UTF_8));
                length = 0;
            } else if (length < line.length) {
                line[length++] = (byte) b;
            }
        }
    }
}
