package org.portolan.control.verb;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.config.Problem;
import org.portolan.control.log.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The verbs that read a config file: what one accepts, the other accepts. */
@Command
abstract class ConfigVerb implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The config, in TOML; its reference is docs/config.md.")
    private Path file;

    private final Surroundings surroundings;
    private final String verb;
    private final String consequence;

    /** @param consequence of an error, printed behind it */
    ConfigVerb(final Surroundings surroundings, final String verb, final String consequence) {
        this.surroundings = surroundings;
        this.verb = verb;
        this.consequence = consequence;
    }

    /** The file is right. */
    abstract int onLoaded(Path file, ConfigFile.Loaded loaded) throws Exception;

    final Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public final Integer call() throws Exception {
        final ConfigFile.Loaded loaded = ConfigFile.load(file);
        if (loaded.config().isPresent()) {
            return onLoaded(file, loaded);
        }
        for (final Problem error : loaded.errors()) {
            surroundings.err().println(error);
        }
        printNotices(loaded);
        final int count = loaded.errors().size();
        surroundings
                .err()
                .println("portolan %s: %d %s in %s%s"
                        .formatted(
                                verb,
                                count,
                                count == 1 ? "error" : "errors",
                                Printable.of(file.toString()),
                                consequence));
        return ExitCode.FAILED;
    }

    final void printNotices(final ConfigFile.Loaded loaded) {
        for (final Problem notice : loaded.notices()) {
            surroundings.err().println(notice);
        }
    }
}
