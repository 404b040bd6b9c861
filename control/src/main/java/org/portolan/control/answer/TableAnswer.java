package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.BindingVisitor;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.text.Json;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.StreamTable;
import org.portolan.control.text.StreamTable.Cell;
import org.portolan.control.text.Table;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.RefusedException;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp --at}: the neighbors as they were. */
final class TableAnswer {
    private final LocalTimes times;
    private final boolean all;
    private final NeighborFilter filter;
    private final Moment moment;
    private final HistoryQuery history;
    private int shown;

    private TableAnswer(final Request request, final Moment moment, final HistoryQuery history) throws UsageException {
        times = request.times();
        all = request.has("all");
        filter = NeighborFilter.of(request);
        this.moment = moment;
        this.history = history;
    }

    static void write(final Request request, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        final Moment moment = HistoryAnswer.moment(request, history, asker);
        final TableAnswer answer = new TableAnswer(request, moment, history);
        if (request.has("json")) {
            answer.json(request.second("at", 0), asker, out);
        } else {
            answer.table(request, asker, out);
        }
    }

    private void read(final Asker asker, final BindingVisitor visitor) throws IOException {
        // What was begun cannot be refused any more: a filter that matches nothing does not begin.
        final Asker patient = filter.isEverything()
                ? asker
                : () -> {
                    if (shown > 0) {
                        asker.working();
                    }
                };
        history.table(moment, patient, (key, binding) -> {
            if (isWanted(key, binding)) {
                shown++;
                return visitor.onBinding(key, binding);
            }
            return true;
        });
    }

    private boolean isWanted(final BindingKey key, final Binding binding) {
        return (all || binding.mac() != 0)
                && filter.matches(key.address(), BindingCells.mac(binding), 0, BindingCells.interfaceName(binding));
    }

    private void refuseNothing(final long atS) throws RefusedException {
        if (shown == 0 && !filter.isEverything()) {
            throw filter.matchedNothing("at " + times.second(atS), true);
        }
    }

    private void table(final Request request, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        final long atS = request.second("at", 0);
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
        read(asker, (key, binding) -> {
            table.add(cells(key, binding));
            return true;
        });
        refuseNothing(atS);
        if (shown > 0) {
            table.end();
        }
        out.append("%s %s at %s; the last change before was at %s, commit %s\n"
                .formatted(
                        shown == 0 ? "no" : Table.number(shown),
                        shown == 1 ? "neighbor" : "neighbors",
                        times.second(atS),
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

    private void json(final long atS, final Asker asker, final Writer out) throws IOException, RefusedException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            BindingCells.time(json, "at", atS);
            json.writeStringField("commit", moment.commit().name());
            BindingCells.time(json, "committed", moment.second());
            json.writeArrayFieldStart("bindings");
            read(asker, (key, binding) -> {
                json.writeStartObject();
                json.writeStringField("segment", key.segment());
                json.writeStringField("address", Ipv4.describeAddress(key.address()));
                BindingCells.write(json, binding);
                json.writeEndObject();
                return true;
            });
            refuseNothing(atS);
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }
}
