package org.portolan.bench.harness;

import java.util.concurrent.Callable;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code quick}: a newcomer's look. */
@Command(
        name = "quick",
        headerHeading = "Examples:%n"
                + "  sudo scripts/bench quick%n"
                + "  sudo scripts/bench quick --rounds 5 --only ladder,tcp%n"
                + "  sudo scripts/bench quick --resume bench-quick-20261129-140200%n%n",
        header = "Portolan beside the kernel's NAT in about three minutes.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nMeasures a ladder of fixed rates, latency at half the rate, TCP and ping, devices in turn, round by"
                    + " round. Writes DIR/report.html at the end. Needs root, ip, ping, and nft for counting. Ctrl-C"
                    + " leaves no namespace, process or setting behind, and says how to go on.%n"
        })
public final class QuickVerb implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws UsageException {
        return Bench.run("quick", options.given(), options);
    }
}
