package org.portolan.control.verb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.portolan.control.answer.VersionAnswer;
import picocli.CommandLine.Command;

/** {@code version}. */
@Command(
        name = "version",
        headerHeading = "Example:%n" + "  portolan version%n%n",
        header = "The version of this program.",
        description = "%nShows the version of this program and of the Java it runs on.%n",
        synopsisHeading = "%nUsage: ")
final class VersionVerb implements Callable<Integer> {
    private final Surroundings surroundings;

    VersionVerb(final Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        final String text = "portolan %s (Java %s)%n".formatted(VersionAnswer.program(), Runtime.version());
        surroundings.out().write(text.getBytes(StandardCharsets.UTF_8));
        return ExitCode.DONE;
    }
}
