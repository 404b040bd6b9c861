package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.portolan.control.text.Json;
import org.portolan.control.text.Table;
import org.portolan.control.view.InterfaceRow;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** {@code interfaces}: what each is, and what passed it. */
public final class InterfacesAnswer {
    private InterfacesAnswer() {}

    public static void write(final Request request, final RouterView view, final Writer out)
            throws IOException, RefusedException {
        final List<InterfaceRow> rows = view.interfaces();
        if (request.has("json")) {
            json(rows, out);
        } else {
            table(rows, request.has("color"), out);
        }
    }

    private static void table(final List<InterfaceRow> rows, final boolean color, final Writer out) throws IOException {
        final Table what = new Table(
                "NAME", "DEVICE", "ROLE", "ADDRESS", "MAC", ">MTU", "STATE", "DRIVER", ">NEIGHBORS", ">STATIC");
        final Table passed = new Table(
                "NAME", ">RX-FRAMES", ">RX-BYTES", ">KERNEL-DROPS", ">TX-FRAMES", ">TX-BYTES", ">TX-RING-FULL");
        for (final InterfaceRow row : rows) {
            what.add(
                    row.name(),
                    row.device(),
                    row.role(),
                    Ipv4.describeAddress(row.address()) + "/" + row.prefixLength(),
                    row.mac() == 0 ? "-" : Ethernet.describeMac(row.mac()),
                    Integer.toString(row.mtu()),
                    row.up() ? "up" : "down",
                    row.driver(),
                    row.neighbors() < 0 ? "-" : Table.number(row.neighbors()),
                    row.staticNeighbors() < 0 ? "-" : Table.number(row.staticNeighbors()));
            passed.add(
                    row.name(),
                    Table.number(row.rxFrames()),
                    Table.number(row.rxBytes()),
                    Table.number(row.kernelDrops()),
                    Table.number(row.txFrames()),
                    Table.number(row.txBytes()),
                    Table.number(row.txRingFull()));
        }
        what.write(out, color);
        out.append('\n');
        behavior(rows).write(out, color);
        out.append('\n');
        passed.write(out, color);
        for (final InterfaceRow row : rows) {
            if (!row.kernelUse().isEmpty()) {
                out.append('\n').append(row.kernelUse()).append('\n');
            }
        }
    }

    private static Table behavior(final List<InterfaceRow> rows) {
        final Table table = new Table("NAME", "MAPPING", "FILTERING");
        rows.stream()
                .filter(row -> !row.mapping().isEmpty())
                .forEach(row -> table.add(row.name(), row.mapping(), row.filtering()));
        return table;
    }

    private static void json(final List<InterfaceRow> rows, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("interfaces");
            for (final InterfaceRow row : rows) {
                json(row, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void json(final InterfaceRow row, final JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", row.name());
        json.writeStringField("device", row.device());
        json.writeStringField("role", row.role());
        json.writeStringField("address", Ipv4.describeAddress(row.address()));
        json.writeNumberField("prefix_length", row.prefixLength());
        if (row.mac() == 0) {
            json.writeNullField("mac");
        } else {
            json.writeStringField("mac", Ethernet.describeMac(row.mac()));
        }
        json.writeNumberField("mtu", row.mtu());
        json.writeBooleanField("up", row.up());
        json.writeStringField("driver", row.driver());
        word(json, "mapping", row.mapping());
        word(json, "filtering", row.filtering());
        number(json, "neighbors", row.neighbors());
        number(json, "static_neighbors", row.staticNeighbors());
        json.writeNumberField("rx_frames", row.rxFrames());
        json.writeNumberField("rx_bytes", row.rxBytes());
        json.writeNumberField("kernel_drops", row.kernelDrops());
        json.writeNumberField("tx_frames", row.txFrames());
        json.writeNumberField("tx_bytes", row.txBytes());
        json.writeNumberField("tx_ring_full", row.txRingFull());
        word(json, "kernel_use", row.kernelUse());
        json.writeEndObject();
    }

    /** Null for one that is empty. */
    private static void word(final JsonGenerator json, final String key, final String word) throws IOException {
        if (word.isEmpty()) {
            json.writeNullField(key);
        } else {
            json.writeStringField(key, word);
        }
    }

    /** Null for what is not known. */
    private static void number(final JsonGenerator json, final String key, final int number) throws IOException {
        if (number < 0) {
            json.writeNullField(key);
        } else {
            json.writeNumberField(key, number);
        }
    }
}
