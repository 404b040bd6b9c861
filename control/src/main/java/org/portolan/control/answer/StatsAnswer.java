package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.portolan.control.log.Printable;
import org.portolan.control.text.Json;
import org.portolan.control.text.Table;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.control.view.StatsRow;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ipv4;

/** {@code stats}: every counter, and every drop reason by name. */
public final class StatsAnswer {
    private static final String ROW = "%20s  %s\n";
    /** Of a large pool the text shows the fullest addresses. */
    private static final int MOST_ADDRESSES = 16;

    private static final String DROP_ROW = "%20s  %-24s  %s\n";

    private StatsAnswer() {}

    public static void write(final Request request, final RouterView view, final Writer out)
            throws IOException, RefusedException {
        final StatsRow stats = view.stats();
        if (request.has("json")) {
            json(stats, request.has("nonzero"), out);
        } else {
            table(stats, request, out);
        }
    }

    private static void table(final StatsRow stats, final Request request, final Writer out) throws IOException {
        final boolean nonzero = request.has("nonzero");
        final boolean color = request.has("color");
        out.append(Table.heading(Printable.of(stats.router()) + ", up " + Table.duration(stats.uptimeS()), color))
                .append('\n');
        counts("frames", stats.frames(), nonzero, color, out);
        out.append('\n').append(Table.heading("dropped, by reason", color)).append('\n');
        for (int code = 1; code < stats.dropsByCode().length; code++) {
            final long count = stats.dropsByCode()[code];
            if (count != 0 || !nonzero) {
                final DropReason reason = DropReason.ofCode(code);
                out.append(DROP_ROW.formatted(Table.number(count), name(reason), reason.text));
            }
        }
        out.append(ROW.formatted(Table.number(stats.dropped()), "dropped in all"));
        counts("lost by the kernel before the router saw them", stats.kernel(), nonzero, color, out);
        counts("tables", stats.tables(), nonzero, color, out);
        pool(stats.pool(), nonzero, color, out);
        arp(stats.arp(), nonzero, color, out);
        latency(stats.latency(), color, out);
    }

    /** The addresses whose ports are used most, the fullest first. */
    private static void pool(
            final List<StatsRow.Outside> all, final boolean nonzero, final boolean color, final Writer out)
            throws IOException {
        final List<StatsRow.Outside> shown = all.stream()
                .filter(each -> !nonzero || !each.isUnused())
                .sorted(Comparator.comparingInt(StatsRow.Outside::percent)
                        .thenComparingInt(StatsRow.Outside::inUse)
                        .reversed())
                .toList();
        if (shown.isEmpty()) {
            return;
        }
        final Table table = new Table("outside ports in use", ">UDP", ">TCP", ">ICMP", ">resting", ">full");
        for (final StatsRow.Outside each : shown.subList(0, Math.min(MOST_ADDRESSES, shown.size()))) {
            table.add(
                    Ipv4.describeAddress(each.address()),
                    Table.number(each.udp().inUse()),
                    Table.number(each.tcp().inUse()),
                    Table.number(each.icmp().inUse()),
                    Table.number(each.resting()),
                    each.percent() + " %");
        }
        out.append('\n');
        table.write(out, color);
        if (shown.size() > MOST_ADDRESSES) {
            out.append(
                    "and %,d addresses that are less full; --json has all\n".formatted(shown.size() - MOST_ADDRESSES));
        }
    }

    private static void pool(final JsonGenerator json, final StatsRow.Outside each) throws IOException {
        json.writeStartObject();
        json.writeStringField("address", Ipv4.describeAddress(each.address()));
        ports(json, "udp", each.udp());
        ports(json, "tcp", each.tcp());
        ports(json, "icmp", each.icmp());
        json.writeEndObject();
    }

    private static void ports(final JsonGenerator json, final String key, final StatsRow.Ports ports)
            throws IOException {
        json.writeObjectFieldStart(key);
        json.writeNumberField("in_use", ports.inUse());
        json.writeNumberField("resting", ports.resting());
        json.writeNumberField("capacity", ports.capacity());
        json.writeEndObject();
    }

    /** A line for each counter, a column for each interface. */
    private static void arp(final List<StatsRow.Arp> all, final boolean nonzero, final boolean color, final Writer out)
            throws IOException {
        if (all.isEmpty()) {
            return;
        }
        final List<String> headings = new ArrayList<>(List.of("ARP"));
        all.forEach(each -> headings.add(">" + each.interfaceName()));
        final Table table = new Table(headings.toArray(String[]::new));
        for (int i = 0; i < all.getFirst().counts().size(); i++) {
            final int counter = i;
            if (!nonzero
                    || all.stream().anyMatch(each -> each.counts().get(counter).value() != 0)) {
                final List<String> cells = new ArrayList<>(
                        List.of(all.getFirst().counts().get(counter).text()));
                all.forEach(each ->
                        cells.add(Table.number(each.counts().get(counter).value())));
                table.add(cells.toArray(String[]::new));
            }
        }
        out.append('\n');
        table.write(out, color);
    }

    private static void counts(
            final String heading,
            final List<StatsRow.Count> counts,
            final boolean nonzero,
            final boolean color,
            final Writer out)
            throws IOException {
        if (counts.isEmpty()) {
            return;
        }
        out.append('\n').append(Table.heading(heading, color)).append('\n');
        for (final StatsRow.Count each : counts) {
            if (each.value() != 0 || !nonzero) {
                out.append(ROW.formatted(Table.number(each.value()), Printable.of(each.text())));
            }
        }
    }

    private static void latency(final List<StatsRow.Latency> all, final boolean color, final Writer out)
            throws IOException {
        if (all.isEmpty()) {
            return;
        }
        out.append('\n');
        final Table table = new Table("latency, ns", ">samples", ">p50", ">p90", ">p99", ">p99.9", ">max");
        for (final StatsRow.Latency each : all) {
            table.add(
                    each.text(),
                    Table.number(each.of().count()),
                    Table.number(each.of().p50Ns()),
                    Table.number(each.of().p90Ns()),
                    Table.number(each.of().p99Ns()),
                    Table.number(each.of().p999Ns()),
                    Table.number(each.of().maximumNs()));
        }
        table.write(out, color);
    }

    private static void json(final StatsRow stats, final boolean nonzero, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeStringField("router", stats.router());
            json.writeNumberField("uptime_s", stats.uptimeS());
            counts(json, "frames", stats.frames(), nonzero);
            json.writeNumberField("dropped", stats.dropped());
            json.writeObjectFieldStart("drops");
            for (int code = 1; code < stats.dropsByCode().length; code++) {
                if (stats.dropsByCode()[code] != 0 || !nonzero) {
                    json.writeNumberField(name(DropReason.ofCode(code)), stats.dropsByCode()[code]);
                }
            }
            json.writeEndObject();
            counts(json, "kernel", stats.kernel(), nonzero);
            counts(json, "tables", stats.tables(), nonzero);
            json.writeArrayFieldStart("pool");
            for (final StatsRow.Outside each : stats.pool()) {
                if (!nonzero || !each.isUnused()) {
                    pool(json, each);
                }
            }
            json.writeEndArray();
            json.writeObjectFieldStart("arp");
            for (final StatsRow.Arp each : stats.arp()) {
                counts(json, each.interfaceName(), each.counts(), nonzero);
            }
            json.writeEndObject();
            json.writeObjectFieldStart("latency_ns");
            for (final StatsRow.Latency each : stats.latency()) {
                latency(json, each);
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void counts(
            final JsonGenerator json, final String key, final List<StatsRow.Count> counts, final boolean nonzero)
            throws IOException {
        json.writeObjectFieldStart(key);
        for (final StatsRow.Count each : counts) {
            if (each.value() != 0 || !nonzero) {
                json.writeNumberField(each.name(), each.value());
            }
        }
        json.writeEndObject();
    }

    private static void latency(final JsonGenerator json, final StatsRow.Latency each) throws IOException {
        json.writeObjectFieldStart(each.name());
        LatencyAnswer.percentiles(json, each.of());
        json.writeEndObject();
    }

    private static String name(final DropReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
