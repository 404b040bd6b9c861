package org.portolan.bench.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.bench.harness.FullVerb;
import org.portolan.bench.harness.GeneratorBench;
import org.portolan.bench.harness.QuickVerb;
import org.portolan.bench.history.HistoryBench;
import org.portolan.bench.history.YearBench;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.micro.AgainstVerb;
import org.portolan.bench.report.CompareCommand;
import org.portolan.bench.report.ReadmeCommand;
import org.portolan.bench.report.ReportCommand;
import org.portolan.control.log.Printable;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import org.portolan.control.verb.WrongWords;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** The benchmarks: {@code scripts/bench VERB}; see {@code scripts/bench help}. */
@Command(
        name = Benchmarks.SCRIPT,
        headerHeading = "Examples:%n"
                + "  sudo scripts/bench quick%n"
                + "  scripts/bench compare bench-quick-before bench-quick-after%n"
                + "  scripts/bench micro -f 1 PipelineBenchmark%n%n",
        header = "Measurements that anyone can rerun.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = Benchmarks.SCRIPT + " VERB [OPTIONS]%n",
        commandListHeading = "%nVerbs:%n",
        footer = {"", Benchmarks.SCRIPT + " help VERB says more. Exit codes: 0 done, 1 failed, 2 usage."})
public final class Benchmarks implements Callable<Integer> {
    static final String SCRIPT = "scripts/bench";

    @Spec
    private CommandLine.Model.CommandSpec spec;

    private Benchmarks() {}

    public static void main(final String[] words) {
        // A generator or a router's thread that hangs does not keep the process.
        System.exit(execute(List.of(words), new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    /** Does what the words say; the exit code. What a verb measures goes to {@code System.out}. */
    static int execute(final List<String> words, final PrintWriter out, final PrintWriter err) {
        return commandLine().setOut(out).setErr(err).execute(words.toArray(String[]::new));
    }

    /** Without a verb nothing was asked, which is an error. */
    @Override
    public Integer call() {
        return usage(spec.commandLine(), "which verb?");
    }

    static CommandLine commandLine() {
        final CommandLine all = new CommandLine(new Benchmarks())
                .addSubcommand(new QuickVerb())
                .addSubcommand(new FullVerb())
                .addSubcommand(new ReportCommand())
                .addSubcommand(new CompareCommand())
                .addSubcommand(new ReadmeCommand())
                .addSubcommand(new MicroVerb())
                .addSubcommand(new AgainstVerb())
                .addSubcommand(new GeneratorBench())
                .addSubcommand(new HistoryBench())
                .addSubcommand(new YearBench())
                .addSubcommand(new BenchHelpVerb());
        addHelp(all);
        all.getSubcommands().values().forEach(Benchmarks::addHelp);
        return all.setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((e, words) -> usage(e.getCommandLine(), WrongWords.sentence(e)))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    }

    private static void addHelp(final CommandLine command) {
        command.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("This text.")
                        .build());
    }

    private static int failed(final Exception e, final CommandLine command) throws Exception {
        switch (e) {
            case final UsageException usage -> {
                return usage(command, usage.getMessage());
            }
            case final LabException lab -> say(command, lab.getMessage());
            case final IOException io -> say(command, io.toString());
            default -> throw e;
        }
        return ExitCode.FAILED;
    }

    private static int usage(final CommandLine command, final String sentence) {
        say(command, sentence);
        final String name = command.getCommandSpec().qualifiedName(" ");
        command.getErr().println("Try: " + name.replaceFirst("^" + SCRIPT, SCRIPT + " help"));
        return ExitCode.USAGE;
    }

    private static void say(final CommandLine command, final String sentence) {
        final String name = command.getCommandSpec().qualifiedName(" ").replaceFirst("^scripts/", "");
        command.getErr().println(name + ": " + Printable.of(sentence));
    }
}
