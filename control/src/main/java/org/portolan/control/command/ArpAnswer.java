package org.portolan.control.command;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp}: the neighbors as they are now. */
final class ArpAnswer {
    private ArpAnswer() {}

    static void write(final Request request, final RouterView view, final Writer out) throws IOException {
        final List<ArpRow> rows = view.arp();
        if (request.has("json")) {
            json(rows, out);
            return;
        }
        final Table table = new Table("ADDRESS", "MAC", "STATE", "INTERFACE", ">AGE", ">LAST-USED");
        for (final ArpRow row : rows) {
            table.add(
                    Ipv4.describeAddress(row.address()),
                    row.mac() == 0 ? "-" : Ethernet.describeMac(row.mac()),
                    row.state(),
                    row.interfaceName(),
                    Table.duration(row.ageS()),
                    Table.duration(row.lastUsedS()));
        }
        table.write(out, request.has("color"));
    }

    private static void json(final List<ArpRow> rows, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("neighbors");
            for (final ArpRow row : rows) {
                json.writeStartObject();
                json.writeStringField("interface", row.interfaceName());
                json.writeStringField("address", Ipv4.describeAddress(row.address()));
                if (row.mac() == 0) {
                    json.writeNullField("mac");
                } else {
                    json.writeStringField("mac", Ethernet.describeMac(row.mac()));
                }
                json.writeStringField("state", row.state());
                seconds(json, "age_s", row.ageS());
                seconds(json, "last_used_s", row.lastUsedS());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
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
