package org.portolan.bench.harness;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.report.ReportCommand;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;

/** {@code scripts/bench quick} and {@code scripts/bench full}. */
public final class Bench {
    private static final String USAGE = """
            usage: scripts/bench quick|full [OPTION VALUE]...

            quick   about 3 minutes: Portolan beside the kernel's NAT, a ladder of fixed rates
            full    all devices: throughput by frame size and by sessions, set-up rate, overload,
                    latency at 10, 50 and 90 % load, TCP, ping; some hours

              --rounds N        of each point, devices in turn (3)
              --seconds S       of traffic in a trial (quick 1.5, full 2)
              --devices A,B     portolan, nftables, route, null, or a class that implements
                                DeviceKind (quick: portolan,nftables)
              --sizes A,B       frame sizes with FCS, and imix, with 1,000 sessions (full)
              --sessions A,B    session counts, with 64-byte frames (full)
              --only A,B        kinds of measurements, such as throughput,tcp,ping; latency and
                                overload are shares of the throughput found, so they want it
              --out DIR         where the run's files go (bench-PLAN-DATE-TIME here)
              --resume DIR      goes on with a run that was cut short

            Needs root, and nft for counting. Writes DIR/report.html at the end.
            """;

    private Bench() {}

    public static void main(final String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(final List<String> words) {
        if (words.isEmpty() || !List.of("quick", "full").contains(words.getFirst()) || words.contains("--help")) {
            System.err.print(USAGE);
            return 2;
        }
        final String name = words.getFirst();
        final Options options;
        try {
            options = Options.parse(name, words.subList(1, words.size()));
        } catch (final LabException e) {
            System.err.println("bench %s: %s (see scripts/bench %s --help)".formatted(name, e.getMessage(), name));
            return 2;
        }
        try {
            measure(words, options);
            return 0;
        } catch (final LabException e) {
            System.err.println("bench %s: %s".formatted(name, e.getMessage()));
            return 1;
        }
    }

    private static void measure(final List<String> words, final Options options) {
        final String name = words.getFirst();
        if (!Namespace.isRoot()) {
            throw new LabException("needs root: it makes network namespaces, pins threads and counts in the kernel");
        }
        List.of("ip", "nft", "ping").forEach(Command::require);
        final Optional<RunInfo> before =
                options.resume().map(each -> RunDirectory.open(each).info());
        before.filter(info -> !info.plan().equals(name)).ifPresent(info -> {
            throw new LabException(
                    "%s holds a run of the plan %s".formatted(options.resume().orElseThrow(), info.plan()));
        });
        final RunDirectory directory = before.isPresent()
                ? RunDirectory.open(options.resume().orElseThrow())
                : RunDirectory.create(options.out().orElseGet(() -> inventedName(name)));
        directory.mend();
        System.out.println(Machine.line());
        System.out.println("writing to " + directory.path());
        final String command = "sudo scripts/bench " + String.join(" ", words);
        new Runner(options.plan(name), command, options.devices(), directory, before).run();
        System.out.println();
        System.out.println(ReportCommand.write(directory));
    }

    private static Path inventedName(final String plan) {
        return Path.of("bench-%s-%s"
                .formatted(plan, LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"))));
    }
}
