package org.portolan.control.verb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.control.text.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help [VERB...]}: an example first. */
@Command(
        name = "help",
        headerHeading = "Example:%n" + "  portolan help sessions%n%n",
        header = "What a verb does and takes, an example first.",
        description = "%nShows what a verb does and takes, an example first.%n",
        synopsisHeading = "%nUsage: ")
final class HelpVerb implements Callable<Integer> {
    @Parameters(index = "0..*", arity = "0..*", paramLabel = "VERB", description = "Default: an overview.")
    private List<String> verbs = List.of();

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private final Surroundings surroundings;

    HelpVerb(final Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws UsageException, IOException {
        CommandLine about = spec.parent().commandLine();
        for (final String verb : verbs) {
            final CommandLine below = about.getSubcommands().get(verb);
            if (below == null) {
                throw new UsageException(WrongWords.unknownVerb(verb, about));
            }
            about = below;
        }
        print(about, surroundings);
        return ExitCode.DONE;
    }

    static void print(final CommandLine about, final Surroundings surroundings) throws IOException {
        final Ansi ansi = surroundings.color() ? Ansi.ON : Ansi.OFF;
        surroundings.out().write(about.getUsageMessage(ansi).getBytes(StandardCharsets.UTF_8));
    }
}
