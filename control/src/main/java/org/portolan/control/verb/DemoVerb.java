package org.portolan.control.verb;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: belongs to the launcher, which has to make namespaces before a JVM starts; here for the help. */
@Command(
        name = "demo",
        headerHeading = "Example:%n" + "  scripts/portolan demo%n%n",
        header = "See it work in a private network.",
        description = {
            "%nMakes a private network of namespaces (client, router, server), runs the router in it, drives real"
                    + " traffic through, and shows what happened. Needs no root where user namespaces are allowed, and"
                    + " leaves nothing behind.%n"
        },
        synopsisHeading = "%nUsage: ")
final class DemoVerb implements Callable<Integer> {
    @Option(names = "--keep", description = "Leave the network up, and say how to enter it.")
    private boolean keep;

    private final Surroundings surroundings;

    DemoVerb(final Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        surroundings
                .err()
                .println("portolan demo: is part of the source tree's launcher: scripts/portolan demo"
                        + (keep ? " --keep" : ""));
        return ExitCode.FAILED;
    }
}
