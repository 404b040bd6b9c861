package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.portolan.control.history.query.ChangeKind;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.LogEntry;
import org.portolan.control.history.query.HistoryQuery.LogQuery;
import org.portolan.control.text.Json;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.StreamTable;
import org.portolan.control.text.StreamTable.Cell;
import org.portolan.control.text.Style;
import org.portolan.control.text.Table;
import org.portolan.control.text.UsageException;

/** {@code arp log}: what happened, newest first, as it is found. */
final class LogAnswer {
    static final int DEFAULT = 50;
    static final int MOST = 10_000_000;

    private static final long PATIENCE_NS = 500_000_000L;

    private final LocalTimes times;
    private final HistoryQuery history;
    private final LogQuery query;
    private final Asker asker;
    private final LineWidth width;
    private long shown;
    private long flowNs;

    private LogAnswer(final Request request, final HistoryQuery history, final Asker asker) throws UsageException {
        times = request.times();
        width = request.width();
        query = query(request);
        this.history = history;
        this.asker = asker;
    }

    static LogQuery query(final Request request) throws UsageException {
        request.width();
        LogQuery query = LogQuery.everything(limit(request));
        final long sinceS = request.second("since", 0);
        final long untilS = HistoryAnswer.over(request.second("until", Long.MAX_VALUE));
        if (sinceS > untilS) {
            throw new UsageException("--since is later than --until");
        }
        query = query.between(sinceS, untilS);
        if (!request.option("address").isEmpty()) {
            query = query.ofAddress(BindingWords.address(request.option("address")));
        }
        if (!request.option("mac").isEmpty()) {
            query = query.ofMac(BindingWords.mac(request.option("mac")));
        }
        return request.has("all") ? query.andQuiet() : query;
    }

    private static int limit(final Request request) throws UsageException {
        return request.number("limit", 1, MOST, DEFAULT);
    }

    static void write(final Request request, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException, UsageException {
        final LogAnswer answer = new LogAnswer(request, history, asker);
        if (request.has("json")) {
            answer.json(out);
        } else {
            answer.table(request.has("color"), out);
        }
    }

    private void table(final boolean color, final Writer out) throws IOException {
        final StreamTable table = new StreamTable(
                out,
                color,
                width,
                "TIME",
                "WHAT",
                "ADDRESS",
                "MAC",
                "?SEGMENT",
                "?INTERFACE",
                "?WHY",
                "?BY",
                "ROUTER",
                "COMMIT");
        flowNs = System.nanoTime() + PATIENCE_NS;
        final Asker waiting = () -> {
            // Somebody looks at an empty screen: what was found is worth more than straight columns.
            if (System.nanoTime() - flowNs > 0) {
                table.flow();
            }
            asker.working();
        };
        final boolean more = history.log(query, waiting, entry -> {
            table.add(cells(entry));
            shown++;
        });
        if (shown == 0) {
            out.append("the history has no such change\n");
            return;
        }
        table.end();
        if (more) {
            out.append("the last %s; there are more (--limit)\n".formatted(Table.number(shown)));
        }
    }

    private Cell[] cells(final LogEntry entry) {
        final String mac = entry.macOld() == 0
                ? BindingCells.mac(entry.mac())
                : BindingCells.mac(entry.macOld()) + arrow(entry.kind()) + BindingCells.mac(entry.mac());
        return new Cell[] {
            Cell.of(times.second(entry.timeS())),
            new Cell(entry.kind().word, style(entry.kind())),
            Cell.of(BindingCells.orDash(entry.address())),
            Cell.of(mac),
            Cell.of(BindingCells.orNothing(entry.segment())),
            Cell.of(BindingCells.orNothing(entry.interfaceName())),
            Cell.of(BindingCells.orNothing(entry.detail())),
            Cell.of(BindingCells.orNothing(entry.by())),
            Cell.of(entry.router()),
            new Cell(BindingCells.shortId(entry.commit()), Style.YELLOW)
        };
    }

    /** A merge says which one it kept first. */
    private static String arrow(final ChangeKind kind) {
        return kind == ChangeKind.CONFLICT ? " lost to " : " -> ";
    }

    static Style style(final ChangeKind kind) {
        return switch (kind) {
            case ADDED -> Style.GREEN;
            case MOVED, FLUSHED -> Style.YELLOW;
            case STATIC_ADDED, STATIC_REMOVED -> Style.CYAN;
            case CONFLICT -> Style.RED;
            case MERGED -> Style.MAGENTA;
            case EXPIRED, CREATED, JOINED, SEEN, COLLECTED, CLOCK, MANY, OTHER -> Style.DIM;
        };
    }

    private void json(final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            final boolean more = history.log(query, asker, entry -> {
                write(json, entry);
                json.flush();
                shown++;
            });
            json.writeEndArray();
            json.writeNumberField("shown", shown);
            json.writeBooleanField("more", more);
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void write(final JsonGenerator json, final LogEntry entry) throws IOException {
        json.writeStartObject();
        BindingCells.time(json, "time", entry.timeS());
        json.writeStringField("kind", entry.kind().word);
        BindingCells.text(json, "segment", entry.segment());
        BindingCells.text(json, "address", entry.address());
        BindingCells.mac(json, "mac_old", entry.macOld());
        BindingCells.mac(json, "mac", entry.mac());
        BindingCells.text(json, "interface", entry.interfaceName());
        BindingCells.text(json, "detail", entry.detail());
        BindingCells.text(json, "by", entry.by());
        json.writeStringField("router", entry.router());
        json.writeStringField("commit", entry.commit().name());
        json.writeEndObject();
    }
}
