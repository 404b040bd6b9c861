package org.portolan.bench.report;

import java.nio.file.Path;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.RunDirectory;

/** {@code scripts/bench compare A B}: two runs in one page. */
public final class CompareCommand {
    private static final String USAGE = """
            usage: scripts/bench compare A B [--out FILE]

            Writes a page with each figure of the run in directory A beside that of the run in
            directory B, the change in percent, and a mark where the ranges of their rounds do
            not overlap. FILE is B/compare.html unless said otherwise.
            """;

    private CompareCommand() {}

    public static void main(final String[] arguments) {
        final boolean named = arguments.length == 4 && arguments[2].equals("--out");
        if (!named && arguments.length != 2 || arguments[0].startsWith("-") || arguments[1].startsWith("-")) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            final RunDirectory after = RunDirectory.open(Path.of(arguments[1]));
            final Path file = named ? Path.of(arguments[3]) : after.resolve("compare.html");
            write(RunDirectory.open(Path.of(arguments[0])), after, file);
            System.out.println(file);
        } catch (final LabException e) {
            System.err.println("bench compare: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Makes the page; {@link LabException} when a run cannot be read or the page not be written. */
    public static void write(final RunDirectory before, final RunDirectory after, final Path file) {
        Page.write(file, new ComparePage(Results.of(before), Results.of(after)).html());
    }
}
