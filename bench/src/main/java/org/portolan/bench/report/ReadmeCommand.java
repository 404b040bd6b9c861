package org.portolan.bench.report;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.portolan.bench.run.RunDirectory;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench readme DIR}: the README's section about performance, from a run. */
@Command(
        name = "readme",
        headerHeading = "Example:%n  scripts/bench readme bench-full-20261129-140200 --write README.md%n%n",
        header = "The README's performance section from a run.",
        synopsisHeading = "%nUsage: ",
        description = "%nPrints the figures of the run in DIR as Markdown.%n")
public final class ReadmeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The run's directory.")
    private Path directory;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            description = "Put them into FILE instead, between the lines <!-- bench:begin --> and <!-- bench:end -->.")
    private Path file;

    @Override
    public Integer call() {
        final String section = ReadmeSection.of(Results.of(RunDirectory.open(directory)));
        if (file == null) {
            System.out.print(section);
        } else {
            System.out.println(file + (ReadmeSection.write(section, file) ? "" : " says so already"));
        }
        return ExitCode.DONE;
    }
}
