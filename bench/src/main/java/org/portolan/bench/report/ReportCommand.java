package org.portolan.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.RunDirectory;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench report DIR}: {@code report.html} and its pictures, from what a run left in its directory. */
@Command(
        name = "report",
        headerHeading = "Example:%n  scripts/bench report bench-quick-20261129-140200%n%n",
        header = "The page of a run again, from its data.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nWrites DIR/report.html, one file with everything in it, and its charts as PNG beside it, from the"
                    + " measurements of the run in DIR. A run that is not complete can be reported too.%n"
        })
public final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The run's directory.")
    private Path directory;

    @Override
    public Integer call() {
        System.out.println(write(RunDirectory.open(directory)));
        return ExitCode.DONE;
    }

    /** Makes the report; {@link LabException} when the run cannot be read or the report not be written. */
    public static Path write(final RunDirectory run) {
        final ReportPage page = new ReportPage(Results.of(run));
        final List<String> problems = pictures(page.charts(), run.path());
        final Path file = run.resolve("report.html");
        Page.write(file, page.html(problems));
        return file;
    }

    /** A report without pictures is still a report: what hinders them is printed and not thrown. */
    static List<String> pictures(final List<Chart> charts, final Path directory) {
        final List<String> problems = new ArrayList<>();
        try {
            Picture.requireFonts();
        } catch (final LabException e) {
            return List.of("No PNGs beside this page: " + e.getMessage());
        }
        for (final Chart chart : charts) {
            try {
                Picture.write(chart, directory.resolve(chart.id() + ".png"));
            } catch (final LabException e) {
                problems.add("No PNG of \"%s\": %s".formatted(chart.title(), e.getMessage()));
            }
        }
        return problems;
    }
}
