package org.portolan.bench.command;

import java.util.concurrent.Callable;
import org.portolan.bench.lab.LabException;
import picocli.CommandLine.Command;

/** {@code micro}: belongs to the script, which starts JMH with its own options; here for the help. */
@Command(
        name = "micro",
        headerHeading =
                "Examples:%n" + "  scripts/bench micro -l%n" + "  scripts/bench micro -f 1 PipelineBenchmark%n%n",
        header = "JMH: the router in memory, part by part and whole.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "scripts/bench micro [JMH ARGUMENT...]%n",
        description = "%nStarts JMH with the arguments; -h lists JMH's options, -l the benchmarks.%n")
final class MicroVerb implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new LabException("is a part of the script: scripts/bench micro");
    }
}
