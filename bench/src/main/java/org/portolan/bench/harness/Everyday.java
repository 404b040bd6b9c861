package org.portolan.bench.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Ping;
import org.portolan.bench.lab.Wait;
import org.portolan.bench.run.Figure;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;

/** iperf3 and ping through a device: the numbers everybody knows. */
final class Everyday {
    static final int TCP_S = 3;

    private static final long SERVER_START_MS = 300;
    private static final String PINGS = "100";
    private static final double US_PER_MS = 1_000;
    private static final double BITS_PER_GBIT = 1e9;

    /** rtt min/avg/max/mdev = 0.041/0.060/0.103/0.012 ms */
    private static final Pattern ROUND_TRIP = Pattern.compile("= ([\\d.]+)/([\\d.]+)/([\\d.]+)/");

    private Everyday() {}

    /** One stream from the client to the server, default offloads; iperf3's own JSON is kept. */
    static Measurement tcp(final Lab lab, final Point point, final RunDirectory run) {
        final Process server = lab.server()
                .namespace()
                .start(new ProcessBuilder("iperf3", "-s", "-1", "-B", Lab.SERVER_ADDRESS)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD));
        try {
            // The server is there when it listens; iperf3 does not say when.
            Wait.ms(SERVER_START_MS);
            final String text = lab.client()
                    .namespace()
                    .run("iperf3", "-c", Lab.SERVER_ADDRESS, "-t", Integer.toString(TCP_S), "-J");
            final String file = run.raw(point, "iperf3.json");
            Files.writeString(run.resolve(file), text);
            final JsonValue end = JsonValue.parse(text).get("end");
            return Measurement.at(point)
                    .put(
                            Figure.TCP_GBIT,
                            end.get("sum_received").get("bits_per_second").real() / BITS_PER_GBIT)
                    .put(
                            Figure.TCP_RETRANSMITS,
                            end.get("sum_sent").get("retransmits").real())
                    .file(file)
                    .build();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            server.destroyForcibly();
        }
    }

    /** A hundred echoes, 10 ms apart. */
    static Measurement ping(final Lab lab, final Point point) {
        final Ping.Result result = lab.client().ping(Lab.SERVER_ADDRESS, "-c", PINGS, "-i", "0.01");
        final Measurement.Builder measurement = Measurement.at(point).put(Figure.LOST_FRAMES, result.lost());
        final Matcher times = ROUND_TRIP.matcher(result.text());
        if (times.find()) {
            measurement
                    .put(Figure.RTT_MIN_US, Double.parseDouble(times.group(1)) * US_PER_MS)
                    .put(Figure.RTT_AVG_US, Double.parseDouble(times.group(2)) * US_PER_MS)
                    .put(Figure.RTT_MAX_US, Double.parseDouble(times.group(3)) * US_PER_MS);
        }
        return measurement.build();
    }
}
