package org.portolan.bench.harness;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.report.ReportCommand;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;

/** A run from its options to its report: what {@link QuickVerb} and {@link FullVerb} do. */
final class Bench {
    private Bench() {}

    /**
     * @param given the options that say what is measured, as typed
     * @throws UsageException a sentence about an option that is wrong or that a resumed run may not have
     * @throws LabException when the run cannot begin or go on
     */
    static int run(final String planName, final Map<String, String> given, final RunOptions places)
            throws UsageException {
        if (places.out() != null && places.resume() != null) {
            throw new UsageException("--resume goes on in the run's own directory: leave out --out");
        }
        final Optional<RunDirectory> before =
                Optional.ofNullable(places.resume()).map(RunDirectory::open);
        final Options options = options(planName, given, before);
        Namespace.requireRoot();
        List.of("ip", "nft", "ping").forEach(Command::require);
        final RunDirectory directory = before.orElseGet(
                () -> RunDirectory.create(Optional.ofNullable(places.out()).orElseGet(() -> inventedName(planName))));
        directory.mend();
        System.out.println(Machine.line());
        System.out.println("writing to " + directory.path());
        final Resumption resumption = Resumption.of(planName, directory);
        new Runner(options, command(planName, given), directory, before.map(RunDirectory::info)).run();
        resumption.notNeeded();
        System.out.println();
        System.out.println(ReportCommand.write(directory));
        return ExitCode.DONE;
    }

    private static Options options(
            final String planName, final Map<String, String> given, final Optional<RunDirectory> before)
            throws UsageException {
        if (before.isEmpty()) {
            return Options.of(planName, given);
        }
        final RunInfo info = before.get().info();
        if (!info.plan().equals(planName)) {
            throw new UsageException("%s holds a run of %s; go on with: %s"
                    .formatted(
                            before.get().path(),
                            info.plan(),
                            Resumption.command(info.plan(), before.get().path())));
        }
        return Options.resumed(planName, info.options(), given);
    }

    /** What a report shows to do it again. */
    private static String command(final String planName, final Map<String, String> given) {
        final StringBuilder command = new StringBuilder("sudo scripts/bench ").append(planName);
        given.forEach((option, value) ->
                command.append(' ').append(option).append(' ').append(value));
        return command.toString();
    }

    private static Path inventedName(final String plan) {
        return Path.of("bench-%s-%s"
                .formatted(plan, LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"))));
    }
}
