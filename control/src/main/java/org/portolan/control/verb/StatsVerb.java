package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.admin.AdminClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stats}: the counters, every drop by name. */
@Command(
        name = "stats",
        headerHeading = "Examples:%n" + "  portolan stats --nonzero%n" + "  portolan stats --watch 1%n%n",
        header = "What became of every frame; each drop by name.",
        description = {
            "%nShows what became of every frame: received = sent + consumed + held + dropped, the drops by reason,"
                    + " and beside them what the kernel lost before the router saw it.%n"
        })
final class StatsVerb extends AskingVerb {
    @Option(names = "--watch", paramLabel = "SECONDS", description = "Repeat every SECONDS until interrupted.")
    private String watch;

    @Option(names = "--nonzero", description = "Only what is not zero.")
    private boolean nonzero;

    StatsVerb(final Surroundings surroundings) {
        super(surroundings, "stats");
    }

    @Override
    void words(final List<String> words) {
        if (nonzero) {
            words.add("--nonzero");
        }
    }

    @Override
    int ask(final AdminClient client, final String line) throws Exception {
        if (watch == null) {
            return super.ask(client, line);
        }
        new RepeatedAnswer(surroundings(), json(), watch).run(client, line);
        return ExitCode.DONE;
    }
}
