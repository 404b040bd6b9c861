package org.portolan.bench.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import org.portolan.control.verb.WrongWords;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help [VERB]}: an example first. */
@Command(
        name = "help",
        headerHeading = "Example:%n  scripts/bench help quick%n%n",
        header = "What a verb does and takes, an example first.",
        synopsisHeading = "%nUsage: ",
        description = "%nShows what a verb does and takes, an example first.%n")
final class BenchHelpVerb implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "VERB", description = "Default: an overview.")
    private List<String> verbs = List.of();

    @Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws UsageException {
        CommandLine about = spec.parent().commandLine();
        for (final String verb : verbs) {
            final CommandLine below = about.getSubcommands().get(verb);
            if (below == null) {
                throw new UsageException(WrongWords.unknownVerb(verb, about));
            }
            about = below;
        }
        about.usage(about.getOut());
        return ExitCode.DONE;
    }
}
