package org.portolan.control.verb;

import org.portolan.control.admin.AdminClient;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code latency}: the router's own percentiles, live. */
@Command(
        name = "latency",
        headerHeading = "Examples:%n" + "  portolan latency%n" + "  portolan latency --watch%n%n",
        header = "How long frames are in the router, live.",
        description = {
            "%nShows percentiles of the last second and since the start, by worker and direction: from the kernel's"
                    + " stamp at the receive ring to the hand-over for sending, in microseconds. Beside them, so that"
                    + " the router is not blamed for the machine: how late the machine wakes a thread that only"
                    + " sleeps, and how often and how long a worker was away.%n"
        })
final class LatencyVerb extends AskingVerb {
    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "1",
            paramLabel = "SECONDS",
            description = "Repeat every SECONDS until interrupted. Default: 1.")
    private String watch;

    @Option(names = "--once", description = "Print once and exit (default).")
    private boolean once;

    LatencyVerb(final Surroundings surroundings) {
        super(surroundings, "latency");
    }

    @Override
    int ask(final AdminClient client, final String line) throws Exception {
        if (watch == null) {
            return super.ask(client, line);
        }
        if (once) {
            throw new UsageException("--once and --watch exclude each other");
        }
        new RepeatedAnswer(surroundings(), json(), watch).run(client, line);
        return ExitCode.DONE;
    }
}
