package org.portolan.bench.harness;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that {@code quick} and {@code full} share, as they were typed; {@link Options} reads their values. */
final class RunOptions {
    @Option(
            names = Options.ROUNDS,
            paramLabel = "N",
            description = "Rounds of each point, devices in turn. Default: 3.")
    private String rounds;

    @Option(
            names = Options.SECONDS,
            paramLabel = "S",
            description = "Seconds of traffic in a trial. Default: 1.5 for quick, 2 for full.")
    private String seconds;

    @Option(
            names = Options.DEVICES,
            paramLabel = "A,B",
            description = "Of portolan, nftables, route, null, or a class that implements DeviceKind. Default:"
                    + " portolan,nftables for quick, all four for full.")
    private String devices;

    @Option(
            names = Options.ONLY,
            paramLabel = "A,B",
            description = "Kinds of measurements, such as throughput,tcp,ping. Latency and overload are shares of the"
                    + " throughput found, so they need it (quick: ladder). Default: all.")
    private String only;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the run's files go. Default: bench-PLAN-DATE-TIME here.")
    private Path out;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the run in DIR that was cut short, with the options it began with.")
    private Path resume;

    /** Of the options that say what is measured, those that were typed. */
    Map<String, String> given() {
        final Map<String, String> given = new LinkedHashMap<>();
        put(given, Options.ROUNDS, rounds);
        put(given, Options.SECONDS, seconds);
        put(given, Options.DEVICES, devices);
        put(given, Options.ONLY, only);
        return given;
    }

    static void put(final Map<String, String> given, final String option, final String value) {
        if (value != null) {
            given.put(option, value);
        }
    }

    /** Null when it was not given. */
    Path out() {
        return out;
    }

    /** Null when it was not given. */
    Path resume() {
        return resume;
    }
}
