package org.portolan.control.command;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.portolan.control.command.StreamTable.Cell;
import org.portolan.control.history.query.Asker;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp --at}: the neighbors as they were. */
final class TableAnswer {
    private final LocalTimes times;
    private final boolean all;
    private int shown;

    private TableAnswer(final Request request) throws UsageException {
        times = LocalTimes.of(request);
        all = request.has("all");
    }

    static void write(final Request request, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        final Moment moment = HistoryAnswer.moment(request, history, asker);
        final TableAnswer answer = new TableAnswer(request);
        if (request.has("json")) {
            answer.json(request.second("at", 0), moment, history, asker, out);
        } else {
            answer.table(request, moment, history, asker, out);
        }
    }

    private boolean isWanted(final Binding binding) {
        return all || binding.mac() != 0;
    }

    private void table(
            final Request request, final Moment moment, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException, UsageException {
        final StreamTable table = new StreamTable(
                out,
                request.has("color"),
                LineWidth.WHOLE,
                "ADDRESS",
                "MAC",
                "STATE",
                "SEGMENT",
                "INTERFACE",
                "SINCE",
                "SEEN",
                "?ENDED",
                "BY");
        history.table(moment, asker, (key, binding) -> {
            if (isWanted(binding)) {
                table.add(cells(key, binding));
                shown++;
            }
            return true;
        });
        if (shown > 0) {
            table.end();
        }
        out.append("%s %s at %s; the last change before was at %s, commit %s\n"
                .formatted(
                        shown == 0 ? "no" : Table.number(shown),
                        shown == 1 ? "neighbor" : "neighbors",
                        times.second(request.second("at", 0)),
                        times.second(moment.second()),
                        BindingCells.shortId(moment.commit())));
    }

    private Cell[] cells(final BindingKey key, final Binding binding) {
        final Observation observed = BindingCells.observed(binding);
        return new Cell[] {
            Cell.of(Ipv4.describeAddress(key.address())),
            Cell.of(BindingCells.mac(BindingCells.mac(binding))),
            BindingCells.stateCell(binding),
            Cell.of(key.segment()),
            Cell.of(BindingCells.orDash(BindingCells.interfaceName(binding))),
            Cell.of(times.second(BindingCells.sinceS(binding))),
            Cell.of(observed == null ? "-" : times.second(observed.seenS())),
            Cell.of(binding.endedS() == 0 ? "" : times.second(binding.endedS())),
            Cell.of(BindingCells.by(binding))
        };
    }

    private void json(
            final long atS, final Moment moment, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            BindingCells.time(json, "at", atS);
            json.writeStringField("commit", moment.commit().name());
            BindingCells.time(json, "committed", moment.second());
            json.writeArrayFieldStart("bindings");
            history.table(moment, asker, (key, binding) -> {
                if (isWanted(binding)) {
                    json.writeStartObject();
                    json.writeStringField("segment", key.segment());
                    json.writeStringField("address", Ipv4.describeAddress(key.address()));
                    BindingCells.write(json, binding);
                    json.writeEndObject();
                }
                return true;
            });
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }
}
