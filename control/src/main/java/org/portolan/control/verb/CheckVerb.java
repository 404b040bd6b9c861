package org.portolan.control.verb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.log.Printable;
import org.portolan.control.start.CpuCheck;
import org.portolan.control.start.Places;
import org.portolan.dataplane.system.LibcThread;
import picocli.CommandLine.Command;

/** {@code check FILE}: everything that {@code run} would say before it starts, without starting. */
@Command(
        name = "check",
        headerHeading = "Example:%n" + "  portolan check /etc/portolan/edge.toml%n%n",
        header = "Check a config, all of it, without starting anything.",
        description = {
            "%nReads the whole config and reports everything that is wrong with it, each with line and column."
                    + " Needs no privileges, and does not look whether the devices exist. Problems of this"
                    + " machine alone, such as a missing CPU, are reported as notices.",
            "%nExit code: 0 when run would accept the file, 1 when not.%n"
        },
        synopsisHeading = "%nUsage: ")
final class CheckVerb extends ConfigVerb {
    CheckVerb(final Surroundings surroundings) {
        super(surroundings, "check", "");
    }

    @Override
    int onLoaded(final Path file, final ConfigFile.Loaded loaded) throws IOException {
        printNotices(loaded);
        final Config config = loaded.config().orElseThrow();
        printNoticesOfThisMachine(file, config);
        final String text = "%s: valid: %s, %s, %s, %s%n"
                .formatted(
                        Printable.of(file.toString()),
                        count(config.interfaces().size(), "interface"),
                        count(config.routes().size(), "route"),
                        count(config.nat().poolSize(), "outside address", "outside addresses"),
                        count(config.nat().forwards().size(), "forward") + statics(config.nat()));
        surroundings().out().write(text.getBytes(StandardCharsets.UTF_8));
        return ExitCode.DONE;
    }

    /** What run would refuse here, and perhaps not on the machine that the config is for. */
    private void printNoticesOfThisMachine(final Path file, final Config config) throws IOException {
        final String name = Printable.of(file.toString());
        CpuCheck.refusal(config.io().cpus(), LibcThread.allowedCpus())
                .ifPresent(refusal -> surroundings().err().println("%s: notice: %s".formatted(name, refusal)));
        Places.ofStarter()
                .refusal(file)
                .ifPresent(refusal -> surroundings().err().println("%s: notice: %s".formatted(name, refusal)));
    }

    /** Nothing when there are none. */
    private static String statics(final Config.Nat nat) {
        final int count = (int) nat.staticAddresses().count();
        return count == 0 ? "" : ", " + count(count, "whole address", "whole addresses");
    }

    private static String count(final int count, final String one) {
        return count(count, one, one + "s");
    }

    private static String count(final int count, final String one, final String more) {
        return count + " " + (count == 1 ? one : more);
    }
}
