package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Holding;
import org.portolan.control.history.query.HistoryQuery.Holding.Origin;
import org.portolan.control.history.query.HistoryQuery.Holding.Period;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.Observation;
import org.portolan.control.text.Json;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.StreamTable;
import org.portolan.control.text.StreamTable.Cell;
import org.portolan.control.text.Style;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.RefusedException;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp who}: who had an address, since when and until when, and who had it before and after. */
final class WhoAnswer {
    private final LocalTimes times;
    private final boolean color;
    private final LineWidth width;
    private final String address;
    private final long atS;
    private final long keptSinceS;

    private WhoAnswer(final Request request, final Moment moment, final long keptSinceS) throws UsageException {
        times = request.times();
        color = request.has("color");
        width = request.width();
        address = Ipv4.describeAddress(address(request));
        atS = request.second("at", moment.second());
        this.keptSinceS = keptSinceS;
    }

    static int address(final Request request) throws UsageException {
        if (request.option("address").isEmpty()) {
            throw new UsageException("%s needs --address".formatted(request.verb()));
        }
        request.second("at", 0);
        request.width();
        return BindingWords.address(request.option("address"));
    }

    static void write(final Request request, final HistoryQuery history, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        final Moment moment = HistoryAnswer.moment(request, history, asker);
        final List<Holding> holdings = history.who(address(request), moment, asker);
        final WhoAnswer answer =
                new WhoAnswer(request, moment, history.beginning(asker).second());
        if (request.has("json")) {
            answer.json(holdings, moment, out);
        } else {
            answer.tables(holdings, request.option("at").isEmpty(), out);
        }
    }

    private void tables(final List<Holding> holdings, final boolean now, final Writer out) throws IOException {
        final String when = now ? "now" : "at " + times.second(atS);
        if (holdings.isEmpty()) {
            out.append("%s %s: %s\n".formatted(address, when, nobody()));
        }
        boolean first = true;
        for (final Holding holding : holdings) {
            out.append(first ? "" : "\n");
            first = false;
            final StringBuilder line = new StringBuilder();
            Style.BOLD.append(line, sentence(holding, when), color);
            out.append(line).append("\n\n");
            final StreamTable table = new StreamTable(
                    out, color, width, "", "MAC", "STATE", "FROM", "UNTIL", "HOW", "?BY", "ROUTER", "COMMIT");
            add(table, "before", holding.before());
            add(table, now ? "now" : "then", holding.then());
            add(table, "after", holding.after());
            table.end();
        }
    }

    private String sentence(final Holding holding, final String when) {
        return "%s on %s %s: %s".formatted(address, holding.key().segment(), when, holder(holding));
    }

    private String holder(final Holding holding) {
        final Binding then = holding.then().binding();
        if (then != null && then.mac() != 0) {
            return BindingCells.mac(then.mac());
        }
        final Period last = then == null ? holding.before() : holding.then();
        final Binding was = last == null ? null : last.binding();
        if (was == null) {
            return nobody();
        }
        if (was.observed() != null) {
            return "not seen since %s (was %s, %s)"
                    .formatted(
                            times.second(was.observed().seenS()),
                            BindingCells.mac(was.observed().mac()),
                            ended(was.observed(), last.how()));
        }
        return was.isStatic()
                ? "never seen; static until " + times.second(last.untilS())
                : "never seen; static until %s (removed by %s)"
                        .formatted(
                                times.second(was.pinned().sinceS()),
                                was.pinned().by());
    }

    private String nobody() {
        return "nobody, as far as is known; the history is kept since " + times.second(keptSinceS);
    }

    /** An operator is named in the commit, for the others there is a reason. */
    private static String ended(final Observation was, final Origin how) {
        final boolean asked = how != null && how.by() != null && was.state() == Observation.State.FLUSHED;
        return was.state().text + (asked ? " by " + how.by() : ": " + was.reason());
    }

    private void add(final StreamTable table, final String when, final Period period) throws IOException {
        if (period == null) {
            return;
        }
        final Origin how = period.how();
        table.add(
                new Cell(when, Style.BOLD),
                Cell.of(BindingCells.mac(BindingCells.mac(period.binding()))),
                BindingCells.stateCell(period.binding()),
                Cell.of(how == null ? "-" : times.second(period.fromS())),
                Cell.of(period.untilS() == 0 ? "still" : times.second(period.untilS())),
                Cell.of(how == null ? beginning(period) : how.subject()),
                Cell.of(how == null ? "" : BindingCells.orNothing(how.by())),
                Cell.of(how == null ? "-" : how.router()),
                how == null ? Cell.of("-") : new Cell(BindingCells.shortId(how.commit()), Style.YELLOW));
    }

    private static String beginning(final Period period) {
        return period.binding() == null ? "not known before" : "older than what is kept";
    }

    private void json(final List<Holding> holdings, final Moment moment, final Writer out) throws IOException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeStringField("address", address);
            BindingCells.time(json, "at", atS);
            json.writeStringField("commit", moment.commit().name());
            BindingCells.time(json, "kept_since", keptSinceS);
            json.writeArrayFieldStart("segments");
            for (final Holding holding : holdings) {
                json.writeStartObject();
                json.writeStringField("segment", holding.key().segment());
                write(json, "before", holding.before());
                write(json, "then", holding.then());
                write(json, "after", holding.after());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }

    private static void write(final JsonGenerator json, final String key, final Period period) throws IOException {
        if (period == null) {
            json.writeNullField(key);
            return;
        }
        json.writeObjectFieldStart(key);
        BindingCells.write(json, period.binding());
        BindingCells.time(json, "from", period.fromS());
        BindingCells.time(json, "until", period.untilS());
        final Origin how = period.how();
        BindingCells.text(json, "subject", how == null ? null : how.subject());
        BindingCells.text(json, "asked_by", how == null ? null : how.by());
        BindingCells.text(json, "written_by", how == null ? null : how.router());
        BindingCells.text(json, "commit", how == null ? null : how.commit().name());
        json.writeEndObject();
    }
}
