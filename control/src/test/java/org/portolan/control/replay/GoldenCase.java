package org.portolan.control.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.control.Controller;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.device.RouterMac;
import org.portolan.control.verb.ReplayOrder;
import org.portolan.dataplane.io.pcap.PcapDriver;
import org.portolan.dataplane.io.pcap.PcapReader;
import org.portolan.dataplane.io.pcap.PcapWriter;

/**
 * One directory of a golden test: {@code router.toml}, {@code frames.txt} with what arrives, and {@code expected.txt}
 * with what must leave and be counted.
 *
 * <p>A line of frames is {@code SECONDS INTERFACE WORDS}; {@link FrameWords} has the words. Outside ports come from the
 * router's seed, so no line names one: a line that ends with {@code as A} is found again among the frames that left, by
 * what it carries, and from then on {@code {A}} is its outside port (or ICMP identifier), in later lines and in what is
 * expected. The last line may be {@code until SECONDS}.
 */
final class GoldenCase {
    private static final long START_NS = 1_700_000_000_000_000_000L;
    private static final Pattern LINE = Pattern.compile("(\\S+) (\\S+) (.*?)(?: as ([A-Z]))?");
    private static final Pattern NAME = Pattern.compile("\\{([A-Z])}");
    private static final Pattern SENT =
            Pattern.compile("ttl \\d+ (?:udp|tcp|echo-request) (\\S+?)(?::(\\d+))? > (\\S+) (?:id (\\d+) )?.*");

    private final Path directory;
    private final Config config;
    private final Map<String, String> ports = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private OptionalLong untilNs = OptionalLong.empty();

    GoldenCase(final Path directory) throws IOException {
        this.directory = directory;
        config = ConfigFile.load(directory.resolve("router.toml")).config().orElseThrow();
    }

    /** What arrives at one time. */
    private record Arrival(BigDecimal seconds, String on, String words, String name) {
        long ns() {
            return START_NS + seconds.movePointRight(9).longValueExact();
        }
    }

    /** What the router sent and counted, as text. */
    String run(final Path scratch) throws IOException {
        final List<Arrival> arrivals = arrivals();
        List<String> left = List.of();
        for (int known = known(arrivals, 0); ; ) {
            left = replay(arrivals.subList(0, known), scratch);
            final int before = ports.size();
            for (final Arrival each : arrivals.subList(0, known)) {
                bind(each, left);
            }
            if (known == arrivals.size()) {
                break;
            }
            if (ports.size() == before) {
                throw new IllegalStateException(
                        "nothing left for line " + arrivals.get(known) + " in:\n" + String.join("\n", left));
            }
            known = known(arrivals, known);
        }
        final StringBuilder text = new StringBuilder();
        left.forEach(line -> text.append(named(line)).append('\n'));
        text.append('\n');
        for (final String line : Files.readAllLines(scratch.resolve("counters.txt"))) {
            if (!line.endsWith(" 0")) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    private List<Arrival> arrivals() throws IOException {
        final List<Arrival> arrivals = new ArrayList<>();
        for (final String line : Files.readAllLines(directory.resolve("frames.txt"))) {
            final Matcher words = LINE.matcher(line);
            if (line.startsWith("until ")) {
                untilNs = OptionalLong.of(
                        new BigDecimal(line.substring(6)).movePointRight(9).longValueExact());
            } else if (!line.isBlank() && !line.startsWith("#") && words.matches()) {
                arrivals.add(
                        new Arrival(new BigDecimal(words.group(1)), words.group(2), words.group(3), words.group(4)));
            }
        }
        return arrivals;
    }

    /** Up to which arrival every name is known. */
    private int known(final List<Arrival> arrivals, final int from) {
        int at = from;
        while (at < arrivals.size()
                && NAME.matcher(arrivals.get(at).words())
                        .results()
                        .allMatch(name -> ports.containsKey(name.group(1)))) {
            at++;
        }
        return at;
    }

    private List<String> replay(final List<Arrival> arrivals, final Path scratch) throws IOException {
        final Map<String, Path> inputs = new LinkedHashMap<>();
        for (final Config.Interface each : config.interfaces()) {
            final Path input = scratch.resolve("in-" + each.name() + ".pcap");
            write(each, arrivals, input);
            inputs.put(each.name(), input);
        }
        Replay.with(Controller::begun)
                .replay(
                        config,
                        new ReplayOrder(inputs, Map.of(), scratch, untilNs, 1),
                        new PrintStream(OutputStream.nullOutputStream()));
        return sent(scratch);
    }

    private void write(final Config.Interface on, final List<Arrival> arrivals, final Path input) throws IOException {
        final long gateway = on.role() == Config.Role.OUTSIDE
                ? FrameWords.hostMac(config.routes().getFirst().via())
                : 0;
        final FrameWords words = new FrameWords(RouterMac.of(on.address()), on.address(), gateway);
        try (PcapWriter writer = new PcapWriter(input)) {
            for (final Arrival each : arrivals) {
                if (each.on().equals(on.name())) {
                    final String resolved = NAME.matcher(each.words()).replaceAll(name -> ports.get(name.group(1)));
                    final byte[] frame = words.bytes(resolved);
                    writer.write(each.ns(), frame, frame.length);
                }
            }
        }
    }

    /** Everything that left, in order of time and interface: {@code SECONDS INTERFACE to MAC: WORDS}. */
    private List<String> sent(final Path scratch) throws IOException {
        record Sent(long timeNs, String line) {}
        final List<Sent> all = new ArrayList<>();
        for (final Config.Interface each : config.interfaces()) {
            try (PcapReader reader = new PcapReader(PcapDriver.output(scratch, each.name()))) {
                while (reader.next()) {
                    final byte[] frame = java.util.Arrays.copyOf(reader.frame(), reader.length());
                    final long sinceNs = reader.timeNs() - START_NS;
                    all.add(new Sent(
                            reader.timeNs(),
                            "%.3f %s %s".formatted(sinceNs / 1e9, each.name(), FrameReader.words(frame))));
                }
            }
        }
        all.sort(Comparator.comparingLong(Sent::timeNs));
        return all.stream().map(Sent::line).toList();
    }

    /** Finds the outside port of a named line: the frame that left with the same words behind the sender. */
    private void bind(final Arrival arrival, final List<String> left) {
        if (arrival.name() == null || ports.containsKey(arrival.name())) {
            return;
        }
        final String wanted = behindSender(arrival.words());
        for (final String line : left) {
            final String words = line.substring(line.indexOf(": ") + 2);
            final Matcher sent = SENT.matcher(words);
            if (sent.matches()
                    && !line.contains(" " + arrival.on() + " to ")
                    && behindSender(words).equals(wanted)) {
                ports.put(arrival.name(), sent.group(2) == null ? sent.group(4) : sent.group(2));
                addresses.put(arrival.name(), sent.group(1));
                return;
            }
        }
    }

    private static String behindSender(final String words) {
        return words.substring(words.indexOf(" > ")).replaceAll(" id \\d+ ", " id ");
    }

    private String named(final String line) {
        String text = line;
        for (final Map.Entry<String, String> each : ports.entrySet()) {
            final String name = "{" + each.getKey() + "}";
            final String address = addresses.get(each.getKey());
            text = text.replace(address + ":" + each.getValue() + " ", address + ":" + name + " ");
            if (text.contains(address)) {
                text = text.replace(" id " + each.getValue() + " ", " id " + name + " ");
            }
        }
        return text;
    }
}
