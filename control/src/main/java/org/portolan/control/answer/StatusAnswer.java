package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.query.HistoryStatus.Peer;
import org.portolan.control.history.query.HistoryStatus.Row;
import org.portolan.control.text.Json;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.StreamTable;
import org.portolan.control.text.StreamTable.Cell;
import org.portolan.control.text.Style;
import org.portolan.control.text.Table;
import org.portolan.control.text.UsageException;

/** {@code history}: how the history itself is doing. */
final class StatusAnswer {
    /** A row of it that has a word is what people have to see. */
    private static final String STOPPED = "stopped";

    private final LocalTimes times;
    private final long nowS;

    private StatusAnswer(final Request request, final long nowS) throws UsageException {
        times = request.times();
        this.nowS = nowS;
    }

    static void write(final Request request, final HistoryQuery history, final long nowS, final Writer out)
            throws IOException, UsageException {
        final HistoryStatus status = history.status();
        final StatusAnswer answer = new StatusAnswer(request, nowS);
        if (request.has("json")) {
            answer.json(status, out);
        } else {
            answer.tables(status, request.has("color"), out);
        }
    }

    private void tables(final HistoryStatus status, final boolean color, final Writer out) throws IOException {
        final StreamTable table = new StreamTable(out, color, LineWidth.WHOLE, "HISTORY", "");
        for (final Row row : status.rows()) {
            final boolean alarm = row.key().equals(STOPPED)
                    && row.word() != null
                    && !row.word().isEmpty();
            table.add(Cell.of(row.text()), new Cell(text(row), alarm ? Style.RED : Style.PLAIN));
        }
        table.end();
        if (status.peers().isEmpty()) {
            return;
        }
        out.append('\n');
        final StreamTable peers = new StreamTable(
                out,
                color,
                LineWidth.WHOLE,
                "PEER",
                "URL",
                "FETCHED",
                "MERGED",
                "CONFLICTS",
                "FAILURES",
                "NEXT",
                "?ERROR");
        for (final Peer peer : status.peers()) {
            peers.add(
                    Cell.of(peer.name()),
                    Cell.of(peer.url()),
                    Cell.of(time(peer.fetchedS())),
                    Cell.of(time(peer.mergedS())),
                    Cell.of(Table.number(peer.conflicts())),
                    Cell.of(Table.number(peer.failures())),
                    Cell.of(peer.nextS() == 0 ? "now" : "in " + Table.duration(peer.nextS())),
                    new Cell(peer.error(), Style.RED));
        }
        peers.end();
    }

    private String text(final Row row) {
        if (row.word() != null) {
            return row.word().isEmpty() ? "-" : row.word();
        }
        return switch (row.unit()) {
            case COUNT -> Table.number(row.number());
            case BYTES -> bytes(row.number());
            case SECONDS -> Table.duration(row.number());
            case TIME -> time(row.number());
        };
    }

    private String time(final long epochS) {
        return epochS == 0 ? "never" : "%s (%s ago)".formatted(times.second(epochS), LocalTimes.ago(nowS - epochS));
    }

    /** 1,234 B or 12.3 MiB. */
    private static String bytes(final long bytes) {
        if (bytes < 10_240) {
            return Table.number(bytes) + " B";
        }
        final String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        double value = bytes / 1_024.0;
        int unit = 0;
        while (value >= 1_024 && unit < units.length - 1) {
            value /= 1_024;
            unit++;
        }
        return "%.1f %s".formatted(value, units[unit]);
    }

    private void json(final HistoryStatus status, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("history");
            for (final Row row : status.rows()) {
                write(json, row);
            }
            json.writeEndObject();
            json.writeArrayFieldStart("peers");
            for (final Peer peer : status.peers()) {
                json.writeStartObject();
                json.writeStringField("name", peer.name());
                json.writeStringField("url", peer.url());
                BindingCells.time(json, "fetched", peer.fetchedS());
                BindingCells.time(json, "merged", peer.mergedS());
                json.writeNumberField("conflicts", peer.conflicts());
                json.writeNumberField("failures", peer.failures());
                json.writeNumberField("next_in", peer.nextS());
                BindingCells.text(json, "error", peer.error().isEmpty() ? null : peer.error());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void write(final JsonGenerator json, final Row row) throws IOException {
        if (row.word() != null) {
            BindingCells.text(json, row.key(), row.word().isEmpty() ? null : row.word());
        } else if (row.unit() == HistoryStatus.Unit.TIME) {
            BindingCells.time(json, row.key(), row.number());
        } else {
            json.writeNumberField(row.key(), row.number());
        }
    }
}
