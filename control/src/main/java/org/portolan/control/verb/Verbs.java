package org.portolan.control.verb;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.control.admin.AdminClient;
import org.portolan.control.log.Log;
import org.portolan.control.log.Printable;
import org.portolan.control.text.UsageException;
import org.portolan.dataplane.system.LibcException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command line as a whole: which verbs there are, and what becomes of an error. Whatever goes wrong, the person
 * sees a sentence and never a stack trace.
 */
@Command(
        name = "portolan",
        headerHeading = "Examples:%n"
                + "  portolan check edge.toml%n"
                + "  portolan run edge.toml%n"
                + "  portolan sessions --sort bytes --limit 20%n%n",
        header = "A NAT router that reads raw frames.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "portolan VERB [OPTIONS]%n",
        commandListHeading = "%nVerbs:%n",
        footer = {"", "portolan help VERB says more. Exit codes: 0 done, 1 failed, 2 usage."})
public final class Verbs implements Callable<Integer> {
    private static final String BROKEN_PIPE = "Broken pipe";

    private final Surroundings surroundings;

    private Verbs(final Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Option(
            names = {"-V", "--version"},
            hidden = true)
    private boolean version;

    /** Does what the words say; the exit code. Throws nothing. */
    public static int execute(final List<String> words, final Surroundings surroundings) {
        try {
            return commandLine(surroundings).execute(words.toArray(String[]::new));
        } catch (final Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
            surroundings.err().println("portolan: internal error: " + Printable.of(Log.describe(e)));
            return ExitCode.FAILED;
        }
    }

    /** Without a verb: the overview, as an error, because nothing was asked. */
    @Override
    public Integer call() throws IOException {
        if (version) {
            return new VersionVerb(surroundings).call();
        }
        surroundings.err().println("portolan: which verb?\nTry: portolan help");
        return ExitCode.USAGE;
    }

    private static CommandLine commandLine(final Surroundings surroundings) {
        final CommandLine all = new CommandLine(new Verbs(surroundings))
                .addSubcommand(new RunVerb(surroundings))
                .addSubcommand(new CheckVerb(surroundings))
                .addSubcommand(new ReplayVerb(surroundings))
                .addSubcommand(new DemoVerb(surroundings))
                .addSubcommand(new SessionsVerb(surroundings))
                .addSubcommand(new StatsVerb(surroundings))
                .addSubcommand(new LatencyVerb(surroundings))
                .addSubcommand(ArpVerb.commandLine(surroundings))
                .addSubcommand(new HistoryVerb(surroundings))
                .addSubcommand(new InterfacesVerb(surroundings))
                .addSubcommand(new HelpVerb(surroundings))
                .addSubcommand(new VersionVerb(surroundings));
        addHelp(all);
        all.setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((e, words) -> onWrongWords(e, surroundings))
                .setExecutionExceptionHandler((e, command, parsed) -> onFailure(e, command, surroundings))
                .setExecutionStrategy(parsed -> run(parsed, surroundings));
        return all;
    }

    private static void addHelp(final CommandLine command) {
        command.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("This text.")
                        .build());
        command.getSubcommands().values().forEach(Verbs::addHelp);
    }

    private static int run(final CommandLine.ParseResult parsed, final Surroundings surroundings) {
        CommandLine.ParseResult last = parsed;
        while (last.hasSubcommand()) {
            final CommandLine verb = last.subcommand().commandSpec().commandLine();
            if (last != parsed && !last.matchedArgs().isEmpty() && !last.isUsageHelpRequested()) {
                final String word = first(last.matchedArgs().getFirst());
                return usage(verb, "%s belongs behind %s".formatted(word, verb.getCommandName()), surroundings);
            }
            last = last.subcommand();
        }
        if (!last.isUsageHelpRequested() && !parsed.isUsageHelpRequested()) {
            return new CommandLine.RunLast().execute(parsed);
        }
        try {
            HelpVerb.print(last.commandSpec().commandLine(), surroundings);
            return ExitCode.DONE;
        } catch (final IOException e) {
            return onFailure(e, last.commandSpec().commandLine(), surroundings);
        }
    }

    /** The name of an option, the word itself of anything else. */
    private static String first(final CommandLine.Model.ArgSpec matched) {
        return matched instanceof final CommandLine.Model.OptionSpec option
                ? option.longestName()
                : matched.originalStringValues().getFirst();
    }

    /** One line that says what is wrong, one that says where to look. */
    private static int onWrongWords(final ParameterException e, final Surroundings surroundings) {
        return usage(e.getCommandLine(), WrongWords.sentence(e), surroundings);
    }

    private static int onFailure(final Exception e, final CommandLine command, final Surroundings surroundings) {
        if (e instanceof UsageException) {
            return usage(command, e.getMessage(), surroundings);
        }
        if (e instanceof final IOException io && String.valueOf(io.getMessage()).contains(BROKEN_PIPE)) {
            return ExitCode.DONE;
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
        final String sentence = switch (e) {
            case final AdminClient.AskException asked -> asked.getMessage();
            case final LibcException call -> call.getMessage();
            case final IOException io -> "cannot write the output: " + io.getMessage();
            default -> "internal error: " + Log.describe(e);
        };
        surroundings.err().println(name(command) + ": " + Printable.of(sentence));
        return ExitCode.FAILED;
    }

    private static int usage(final CommandLine command, final String sentence, final Surroundings surroundings) {
        surroundings.err().println(name(command) + ": " + Printable.of(sentence));
        surroundings.err().println("Try: " + name(command).replaceFirst("^portolan", "portolan help"));
        return ExitCode.USAGE;
    }

    private static String name(final CommandLine command) {
        return command.getCommandSpec().qualifiedName(" ");
    }
}
