package org.portolan.bench.harness;

import java.nio.file.Path;
import org.portolan.bench.run.RunDirectory;

/** Says how to go on with a run, when the process ends before the run does: by Ctrl-C, or by an error. */
final class Resumption {
    private static final String PLAIN_WORD = "[A-Za-z0-9_./:@%+=,-]+";

    private volatile boolean needed = true;

    private Resumption() {}

    /** From now on, until {@link #notNeeded}. */
    static Resumption of(final String planName, final RunDirectory directory) {
        final Resumption resumption = new Resumption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> resumption.say(planName, directory), "resumption"));
        return resumption;
    }

    /** The run is complete. */
    void notNeeded() {
        needed = false;
    }

    private void say(final String planName, final RunDirectory directory) {
        if (needed && directory.isRun()) {
            System.err.println(text(planName, directory.path()));
        }
    }

    static String text(final String planName, final Path directory) {
        return "%nbench %s: the run is not complete; go on with:%n  %s"
                .formatted(planName, command(planName, directory));
    }

    /** The whole command, for a shell in any directory that the script's name is good for. */
    static String command(final String planName, final Path directory) {
        final boolean sudo = !System.getenv().getOrDefault("SUDO_USER", "").isEmpty();
        return "%s%s %s --resume %s"
                .formatted(
                        sudo ? "sudo " : "",
                        quoted(System.getProperty("portolan.bench.script", "scripts/bench")),
                        planName,
                        quoted(directory.toAbsolutePath().normalize().toString()));
    }

    static String quoted(final String word) {
        return word.matches(PLAIN_WORD) ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
