package org.portolan.control.verb;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.config.MacText;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Printable;
import org.portolan.control.text.UsageException;
import org.portolan.dataplane.wire.Ethernet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code replay FILE}: runs the router on recorded frames, without devices and without privileges. */
@Command(
        name = "replay",
        headerHeading =
                "Example:%n" + "  portolan replay edge.toml --in lan=lan.pcap --in wan=wan.pcap --out result%n%n",
        header = "Run the router on recorded frames.",
        description = {
            "%nRuns the whole router on pcap files instead of devices: the same pipeline, ARP and expiry. Its clock"
                    + " follows the frames' times, so a recorded hour takes seconds. Needs no privileges.",
            "%nWrites DIR/INTERFACE.pcap with what each interface sent, and DIR/counters.txt. Reads classic pcap"
                    + " files of Ethernet frames, sorted by time.",
            "%nThe same files, config and seed give the same results, byte for byte. For that the keys that choose"
                    + " ports and hashes come from the seed: whoever knows it can predict them. Only a replay does"
                    + " this; a running router's keys are secret.",
            "%nThe router's MAC on an interface is 02:50 and the octets of its address (192.168.1.1 has"
                    + " 02:50:c0:a8:01:01). A recorded frame is taken only if it is sent to that MAC: for a recording"
                    + " of another router, name that router's MACs with --mac.%n"
        },
        synopsisHeading = "%nUsage: ")
final class ReplayVerb extends ConfigVerb {
    private static final BigDecimal LONGEST_S = BigDecimal.valueOf(4_000_000_000L);
    private static final BigDecimal SECOND_NS = BigDecimal.valueOf(1_000_000_000L);

    @Option(
            names = "--in",
            paramLabel = "INTERFACE=FILE",
            description = "What arrives on an interface; one file each. Interfaces without one receive nothing.")
    private Map<String, Path> inputs = new LinkedHashMap<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where the results go; made if it is missing.")
    private Path directory;

    @Option(
            names = "--until",
            paramLabel = "SECONDS",
            description = "How long after the first frame to end. Default: 5 s after the last one, when no frame waits"
                    + " for a neighbor any more.")
    private BigDecimal untilS;

    @Option(names = "--seed", paramLabel = "NUMBER", defaultValue = "1", description = "Default: 1.")
    private long seed;

    @Option(
            names = "--mac",
            paramLabel = "INTERFACE=MAC",
            description = "The router's MAC on an interface, six octets such as 02:50:2a:16:6d:14.")
    private Map<String, String> macs = new LinkedHashMap<>();

    ReplayVerb(final Surroundings surroundings) {
        super(surroundings, "replay", "; nothing was replayed");
    }

    @Override
    int onLoaded(final Path file, final ConfigFile.Loaded loaded) throws UsageException, IOException {
        final ReplayOrder order = new ReplayOrder(inputs, ownMacs(), directory, until(), seed);
        printNotices(loaded);
        final String summary;
        try {
            summary = surroundings()
                    .replayer()
                    .replay(loaded.config().orElseThrow(), order, surroundings().err());
        } catch (final IOException e) {
            surroundings().err().println("portolan replay: " + Printable.of(FileFailure.of(e)));
            return ExitCode.FAILED;
        }
        surroundings().out().write(summary.getBytes(StandardCharsets.UTF_8));
        return ExitCode.DONE;
    }

    private OptionalLong until() throws UsageException {
        if (untilS == null) {
            return OptionalLong.empty();
        }
        if (untilS.signum() < 0 || untilS.compareTo(LONGEST_S) > 0) {
            throw new UsageException("--until is %s; allowed: 0 to %s seconds".formatted(untilS, LONGEST_S));
        }
        return OptionalLong.of(untilS.multiply(SECOND_NS).longValue());
    }

    private Map<String, Long> ownMacs() throws UsageException {
        final Map<String, Long> read = new LinkedHashMap<>();
        for (final Map.Entry<String, String> each : macs.entrySet()) {
            final String text = each.getValue();
            final long mac = MacText.isMac(text) ? MacText.parse(text) : 0;
            if (mac == 0 || Ethernet.isGroup(mac)) {
                throw new UsageException("--mac %s=%s: no MAC of a host; write six octets such as 02:50:2a:16:6d:14"
                        .formatted(each.getKey(), text));
            }
            read.put(each.getKey(), mac);
        }
        return read;
    }
}
