package org.portolan.control.command;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    private static final int LONGEST_WATCH_S = 86_400;
    private static final byte[] CLEAR = "\u001B[H\u001B[2J".getBytes(StandardCharsets.US_ASCII);

    @Option(names = "--watch", paramLabel = "SECONDS", description = "Again every so many seconds, until interrupted.")
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
        final int seconds = Request.parse(watch, 1, LONGEST_WATCH_S);
        if (seconds < 0) {
            throw new UsageException("--watch %s: allowed: 1 to %d".formatted(watch, LONGEST_WATCH_S));
        }
        final OutputStream out = surroundings().out();
        for (long round = 0; ; round++) {
            if (round > 0) {
                Thread.sleep(1_000L * seconds);
            }
            if (surroundings().outIsTerminal() && !json()) {
                out.write(CLEAR);
            } else if (round > 0 && !json()) {
                out.write('\n');
            }
            client.ask(line, out);
        }
    }
}
