package org.portolan.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.RunDirectory;

/** {@code scripts/bench report DIR}: {@code report.html} and its pictures, from what a run left in its directory. */
public final class ReportCommand {
    private static final String USAGE = """
            usage: scripts/bench report DIR

            Writes DIR/report.html, one file with everything in it, and its charts as PNG beside
            it, from the measurements of the run in DIR. A run that still goes on can be
            reported too.
            """;

    private ReportCommand() {}

    public static void main(final String[] arguments) {
        if (arguments.length != 1 || arguments[0].startsWith("-")) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            System.out.println(write(RunDirectory.open(Path.of(arguments[0]))));
        } catch (final LabException e) {
            System.err.println("bench report: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Makes the report; {@link LabException} when the run cannot be read or the report not be written. */
    public static Path write(final RunDirectory run) {
        final ReportPage page = new ReportPage(Results.of(run));
        final List<String> problems = pictures(page.charts(), run.path());
        final Path file = run.resolve("report.html");
        Page.write(file, page.html(problems));
        return file;
    }

    /** A report without pictures is a report: what hinders them is told and not thrown. */
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
