package org.portolan.bench.report;

import java.nio.file.Path;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.RunDirectory;

/** {@code scripts/bench readme DIR}: the README's section about performance, from a run. */
public final class ReadmeCommand {
    private static final String USAGE = """
            usage: scripts/bench readme DIR [--write FILE]

            Prints the figures of the run in DIR as Markdown. With --write it puts them into FILE,
            between the lines <!-- bench:begin --> and <!-- bench:end -->.
            """;

    private ReadmeCommand() {}

    public static void main(final String[] arguments) {
        final boolean writes = arguments.length == 3 && arguments[1].equals("--write");
        if (!writes && arguments.length != 1 || arguments[0].startsWith("-")) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            final String section = ReadmeSection.of(Results.of(RunDirectory.open(Path.of(arguments[0]))));
            if (writes) {
                System.out.println(
                        arguments[2] + (ReadmeSection.write(section, Path.of(arguments[2])) ? "" : " says so already"));
            } else {
                System.out.print(section);
            }
        } catch (final LabException e) {
            System.err.println("bench readme: " + e.getMessage());
            System.exit(1);
        }
    }
}
