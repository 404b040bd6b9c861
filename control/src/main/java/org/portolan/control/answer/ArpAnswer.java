package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.text.Json;
import org.portolan.control.text.Table;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.ArpRow;
import org.portolan.control.view.InterfaceRow;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp}: the neighbors as they are now; with a time, as the history has them. */
public final class ArpAnswer {
    private ArpAnswer() {}

    public static void write(final Request request, final RouterView view, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        check(request);
        if (!request.option("at").isEmpty()) {
            HistoryAnswer.write(request, view, asker, out);
            return;
        }
        final NeighborFilter filter = NeighborFilter.of(request);
        final List<ArpRow> rows = rows(filter, view);
        if (request.has("json")) {
            json(rows, out);
            return;
        }
        final Table table = new Table("ADDRESS", "MAC", "STATE", "INTERFACE", ">AGE", ">LAST-USED");
        for (final ArpRow row : rows) {
            table.add(
                    Ipv4.describeAddress(row.address()),
                    row.mac() == 0 ? "-" : Ethernet.describeMac(row.mac()),
                    row.contestedMac() == 0
                            ? row.state()
                            : row.state() + ", contested by " + Ethernet.describeMac(row.contestedMac()),
                    row.interfaceName(),
                    Table.duration(row.ageS()),
                    Table.duration(row.lastUsedS()));
        }
        table.write(out, request.has("color"));
    }

    /** Throws for what {@link #write} would throw, as far as it can be known without a router. */
    public static void check(final Request request) throws UsageException {
        NeighborFilter.of(request);
        if (request.has("all") && request.option("at").isEmpty()) {
            throw new UsageException("--all needs --at: what is gone is in the history only, for example --at now");
        }
    }

    private static List<ArpRow> rows(final NeighborFilter filter, final RouterView view) throws RefusedException {
        if (!filter.interfaceName().isEmpty()) {
            final List<String> names =
                    view.interfaces().stream().map(InterfaceRow::name).toList();
            if (!names.contains(filter.interfaceName())) {
                throw RefusedException.noInterface(filter.interfaceName(), names);
            }
        }
        final List<ArpRow> rows = view.arp().stream()
                .filter(row -> filter.matches(row.address(), row.mac(), row.contestedMac(), row.interfaceName()))
                .toList();
        if (rows.isEmpty() && !filter.isEverything()) {
            throw filter.matchedNothing("now", view.history().isPresent());
        }
        return rows;
    }

    private static void json(final List<ArpRow> rows, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("neighbors");
            for (final ArpRow row : rows) {
                json.writeStartObject();
                json.writeStringField("interface", row.interfaceName());
                json.writeStringField("address", Ipv4.describeAddress(row.address()));
                mac(json, "mac", row.mac());
                json.writeStringField("state", row.state());
                seconds(json, "age_s", row.ageS());
                seconds(json, "last_used_s", row.lastUsedS());
                mac(json, "contested_by", row.contestedMac());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }

    /** Null for none. */
    private static void mac(final JsonGenerator json, final String key, final long mac) throws IOException {
        if (mac == 0) {
            json.writeNullField(key);
        } else {
            json.writeStringField(key, Ethernet.describeMac(mac));
        }
    }

    /** Null for never. */
    private static void seconds(final JsonGenerator json, final String key, final long seconds) throws IOException {
        if (seconds < 0) {
            json.writeNullField(key);
        } else {
            json.writeNumberField(key, seconds);
        }
    }
}
