package org.portolan.control.verb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.config.Problem;
import org.portolan.control.log.LibraryLog;
import org.portolan.control.log.Log;
import org.portolan.control.log.StrayOutput;
import org.portolan.control.start.Places;
import org.portolan.control.start.Privileges;
import org.portolan.dataplane.system.LibcException;
import picocli.CommandLine.Command;

/** {@code run FILE}: becomes the router, until SIGTERM or SIGINT. */
@Command(
        name = "run",
        headerHeading = "Example:%n" + "  portolan run /etc/portolan/edge.toml%n%n",
        header = "Run the router in the foreground.",
        description = {
            "%nRuns the router in the foreground until SIGTERM or SIGINT. Needs CAP_NET_RAW; logs to stderr.",
            "%nExit code: 0 after a clean end, 1 when it could not start or go on, 3 when one of its threads failed: start"
                    + " it again then.%n"
        },
        synopsisHeading = "%nUsage: ")
final class RunVerb extends ConfigVerb {
    private final Function<Log.Level, Log> logs;

    RunVerb(final Surroundings surroundings) {
        this(surroundings, level -> Log.ofRouter(level, Privileges::emptyBoundingSet));
    }

    /** @param logs opens a log for that level and what is more important */
    RunVerb(final Surroundings surroundings, final Function<Log.Level, Log> logs) {
        super(surroundings, "run", "; nothing was started");
        this.logs = logs;
    }

    @Override
    int onLoaded(final Path file, final ConfigFile.Loaded loaded) throws IOException {
        final Config config = loaded.config().orElseThrow();
        try (Log log = logs.apply(config.control().log());
                StrayOutput _ = StrayOutput.install(log)) {
            LibraryLog.install(log);
            for (final Problem notice : loaded.notices()) {
                log.warn("%s", notice);
            }
            return run(file, config, log);
        }
    }

    /** Errors go through the log like everything else: a write to stderr would wait for its reader. */
    private int run(final Path file, final Config config, final Log log) throws IOException {
        try {
            final Optional<String> refusal = Places.ofStarter().refusal(file);
            if (refusal.isPresent()) {
                log.error("%s", refusal.get());
                return ExitCode.FAILED;
            }
            return surroundings().launcher().run(config, log);
        } catch (final LibcException e) {
            log.error("%s", e.getMessage());
            return ExitCode.FAILED;
        } catch (final RuntimeException | Error e) {
            log.failure("internal error", e);
            return ExitCode.FAILED;
        }
    }
}
