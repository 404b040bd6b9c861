package org.portolan.bench.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** ping(8) of iputils, and what it said. */
public final class Ping {
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");
    private static final Pattern ROUND_TRIP = Pattern.compile("= ([\\d.]+)/([\\d.]+)/([\\d.]+)");

    /**
     * What one run saw.
     *
     * @param averageMs mean round trip; 0 when nothing came back
     * @param maximumMs longest round trip; 0 when nothing came back
     * @param text all of the output, with lines about ICMP errors such as "Time to live exceeded"
     */
    public record Result(int sent, int received, double averageMs, double maximumMs, String text) {
        public int lost() {
            return sent - received;
        }
    }

    private Ping() {}

    /** Three echo requests 50 ms apart unless {@code options} say otherwise; each is waited for at most a second. */
    public static Result run(final Namespace from, final String destination, final String... options) {
        final List<String> command = new ArrayList<>(List.of("ping", "-n", "-c", "3", "-i", "0.05", "-W", "1"));
        command.addAll(List.of(options));
        command.add(destination);
        final Command.Result result = from.tryRun(command.toArray(String[]::new));
        final String text = result.output() + result.errors();
        final Matcher counts = COUNTS.matcher(text);
        if (!counts.find()) {
            throw new LabException(String.join(" ", command) + ": " + text.strip());
        }
        final Matcher times = ROUND_TRIP.matcher(text);
        final boolean timed = times.find();
        return new Result(
                Integer.parseInt(counts.group(1)),
                Integer.parseInt(counts.group(2)),
                timed ? Double.parseDouble(times.group(2)) : 0,
                timed ? Double.parseDouble(times.group(3)) : 0,
                text);
    }
}
