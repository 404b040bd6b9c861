package org.portolan.bench.report;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.RunDirectory;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench compare A B}: two runs in one page. */
@Command(
        name = "compare",
        headerHeading = "Example:%n  scripts/bench compare bench-quick-before bench-quick-after --out change.html%n%n",
        header = "Two runs in one page.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nWrites a page with each figure of run A beside that of run B, the change in percent, and a mark where the"
                    + " ranges of their rounds do not overlap.%n"
        })
public final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "Directory of the run before.")
    private Path before;

    @Parameters(index = "1", paramLabel = "B", description = "Directory of the run after.")
    private Path after;

    @Option(names = "--out", paramLabel = "FILE", description = "The page. Default: B/compare.html.")
    private Path out;

    @Override
    public Integer call() {
        final RunDirectory second = RunDirectory.open(after);
        final Path file = out == null ? second.resolve("compare.html") : out;
        write(RunDirectory.open(before), second, file);
        System.out.println(file);
        return ExitCode.DONE;
    }

    /** Makes the page; {@link LabException} when a run cannot be read or the page not be written. */
    public static void write(final RunDirectory before, final RunDirectory after, final Path file) {
        Page.write(file, new ComparePage(Results.of(before), Results.of(after)).html());
    }
}
