package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.function.Function;
import org.portolan.control.latency.Percentiles;
import org.portolan.control.log.Printable;
import org.portolan.control.text.Json;
import org.portolan.control.text.Table;
import org.portolan.control.view.LatencyRow;
import org.portolan.control.view.LatencyRow.Files;
import org.portolan.control.view.LatencyRow.Stretches;
import org.portolan.control.view.LatencyRow.Way;
import org.portolan.control.view.LatencyRow.Worker;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;

/** {@code latency}: percentiles by worker and direction, and beside them what the machine took. */
public final class LatencyAnswer {
    /** A worker swaps each second; one that did not for so long stands still. */
    private static final long SILENT_NS = 3_000_000_000L;

    private static final double NS_PER_US = 1e3;
    private static final long NS_PER_S = 1_000_000_000L;

    private LatencyAnswer() {}

    public static void write(final Request request, final RouterView view, final Writer out)
            throws IOException, RefusedException {
        final LatencyRow latency = view.latency();
        if (request.has("json")) {
            json(latency, out);
        } else {
            table(latency, request.has("color"), out);
        }
    }

    private static void table(final LatencyRow latency, final boolean color, final Writer out) throws IOException {
        final String title = "%s, up %s".formatted(Printable.of(latency.router()), Table.duration(latency.uptimeS()));
        out.append(Table.heading(title, color)).append("\n\n");
        percentiles("last second, us", latency, Stretches::last, color, out);
        out.append('\n');
        percentiles("since the start, us", latency, Stretches::total, color, out);
        out.append('\n');
        final Table stalls = new Table("stalls over 1 ms, us", ">count", ">longest");
        for (final Worker worker : latency.workers()) {
            stalls.add(
                    "worker " + worker.number(), Table.number(worker.stalls()), microseconds(worker.longestStallNs()));
        }
        stalls.write(out, color);
        for (final Worker worker : latency.workers()) {
            if (worker.ageNs() > SILENT_NS) {
                out.append("worker %d has handed nothing over for %s\n"
                        .formatted(worker.number(), Table.duration(worker.ageNs() / NS_PER_S)));
            }
        }
        if (latency.log().isPresent()) {
            out.append('\n').append(sentence(latency.log().orElseThrow())).append('\n');
        }
    }

    private static void percentiles(
            final String heading,
            final LatencyRow latency,
            final Function<Stretches, Percentiles> which,
            final boolean color,
            final Writer out)
            throws IOException {
        final Table table = new Table(heading, ">samples", ">p50", ">p90", ">p99", ">p99.9", ">max");
        for (final Worker worker : latency.workers()) {
            for (final Way way : worker.directions()) {
                // Few routers have a second inside network: without one its row would only be in the way.
                if (!way.name().equals("inside") || way.of().total().count() > 0) {
                    add(table, "worker %d %s".formatted(worker.number(), way.name()), which.apply(way.of()));
                }
            }
        }
        add(table, "machine pauses", which.apply(latency.pauses()));
        table.write(out, color);
    }

    private static void add(final Table table, final String name, final Percentiles of) {
        if (of.count() == 0) {
            table.add(name, "0", "-", "-", "-", "-", "-");
            return;
        }
        table.add(
                name,
                Table.number(of.count()),
                microseconds(of.p50Ns()),
                microseconds(of.p90Ns()),
                microseconds(of.p99Ns()),
                microseconds(of.p999Ns()),
                microseconds(of.maximumNs()));
    }

    private static String microseconds(final long ns) {
        return String.format(Locale.ROOT, "%,.1f", ns / NS_PER_US);
    }

    private static String sentence(final Files log) {
        final String counts =
                "%s intervals written, %s lost".formatted(Table.number(log.written()), Table.number(log.lost()));
        final String where = log.file().isEmpty() ? log.directory() : log.file();
        return Printable.of(
                log.error().isEmpty()
                        ? "%s: %s".formatted(where, counts)
                        : "no interval files are written: %s; %s".formatted(log.error(), counts));
    }

    private static void json(final LatencyRow latency, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeStringField("router", latency.router());
            json.writeNumberField("uptime_s", latency.uptimeS());
            json.writeArrayFieldStart("workers");
            for (final Worker worker : latency.workers()) {
                worker(json, worker);
            }
            json.writeEndArray();
            stretches(json, "pauses", latency.pauses());
            if (latency.log().isPresent()) {
                files(json, latency.log().orElseThrow());
            } else {
                json.writeNullField("log");
            }
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void worker(final JsonGenerator json, final Worker worker) throws IOException {
        json.writeStartObject();
        json.writeNumberField("worker", worker.number());
        json.writeNumberField("interval_ns", worker.intervalNs());
        json.writeNumberField("age_ns", worker.ageNs());
        json.writeNumberField("stalls", worker.stalls());
        json.writeNumberField("longest_stall_ns", worker.longestStallNs());
        for (final Way way : worker.directions()) {
            stretches(json, way.name(), way.of());
        }
        json.writeEndObject();
    }

    private static void stretches(final JsonGenerator json, final String name, final Stretches of) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeObjectFieldStart("last_ns");
        percentiles(json, of.last());
        json.writeEndObject();
        json.writeObjectFieldStart("total_ns");
        percentiles(json, of.total());
        json.writeEndObject();
        json.writeEndObject();
    }

    /** The fields of an object that is open. */
    static void percentiles(final JsonGenerator json, final Percentiles of) throws IOException {
        json.writeNumberField("samples", of.count());
        json.writeNumberField("p50", of.p50Ns());
        json.writeNumberField("p90", of.p90Ns());
        json.writeNumberField("p99", of.p99Ns());
        json.writeNumberField("p99_9", of.p999Ns());
        json.writeNumberField("max", of.maximumNs());
    }

    private static void files(final JsonGenerator json, final Files log) throws IOException {
        json.writeObjectFieldStart("log");
        json.writeStringField("directory", log.directory());
        BindingCells.text(json, "file", log.file().isEmpty() ? null : log.file());
        json.writeNumberField("written", log.written());
        json.writeNumberField("lost", log.lost());
        BindingCells.text(json, "error", log.error().isEmpty() ? null : log.error());
        json.writeEndObject();
    }
}
