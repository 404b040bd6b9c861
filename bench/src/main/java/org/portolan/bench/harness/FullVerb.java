package org.portolan.bench.harness;

import java.util.Map;
import java.util.concurrent.Callable;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code full}: everything that can be measured here. */
@Command(
        name = "full",
        headerHeading = "Examples:%n"
                + "  sudo scripts/bench full%n"
                + "  sudo scripts/bench full --devices portolan,nftables --sizes 64,imix --sessions 1000%n"
                + "  sudo scripts/bench full --resume bench-full-20261129-140200%n%n",
        header = "Everything, in some hours.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nMeasures throughput by frame size and by sessions, set-up rate, overload, latency at 10, 50 and 90 %%"
                    + " load, TCP and ping, devices in turn, round by round. Writes DIR/report.html at the end. Needs"
                    + " root, ip, ping, and nft for counting. Ctrl-C leaves no namespace, process or setting behind,"
                    + " and says how to go on.%n"
        })
public final class FullVerb implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = Options.SIZES,
            paramLabel = "A,B",
            description = "Frame sizes with FCS, and imix, with 1,000 sessions. Default: eight of them.")
    private String sizes;

    @Option(
            names = Options.SESSIONS,
            paramLabel = "A,B",
            description = "Session counts, with 64-byte frames. Default: six from 1 to 4,128,768.")
    private String sessions;

    @Override
    public Integer call() throws UsageException {
        final Map<String, String> given = options.given();
        RunOptions.put(given, Options.SIZES, sizes);
        RunOptions.put(given, Options.SESSIONS, sessions);
        return Bench.run("full", given, options);
    }
}
