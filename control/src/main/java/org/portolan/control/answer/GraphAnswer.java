package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.ChangeKind;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Graph;
import org.portolan.control.history.query.HistoryQuery.GraphCommit;
import org.portolan.control.history.query.Lanes;
import org.portolan.control.log.Printable;
import org.portolan.control.text.Json;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.Style;
import org.portolan.control.text.StyledLine;
import org.portolan.control.text.UsageException;

/** {@code arp graph}: the history of the table, drawn. */
final class GraphAnswer {
    static final int DEFAULT = 30;
    static final int MOST = 10_000;

    private static final int MOST_LANES = 40;
    /** What stands beside the lanes, and a little of a subject. */
    private static final int BESIDE = 44;

    private static final int WIDE = 90;
    private static final int ALIGNED = 24;
    /** Less of a branch's name is not worth a column. */
    private static final int LEAST_NAME = 10;

    private static final int SHORT_ID = 8;
    private static final int LONGEST_ROUTER = 16;
    private static final Style[] PEERS = {Style.CYAN, Style.MAGENTA, Style.BLUE};

    private final Graph graph;
    private final LocalTimes times;
    private final boolean color;
    private final int width;
    private final long nowS;
    private final GraphArt art;
    private final Map<ObjectId, GraphCommit> commits = new HashMap<>();
    private final String own;
    private final int routerWidth;

    private GraphAnswer(final Request request, final Graph graph, final long nowS) throws UsageException {
        this.graph = graph;
        this.nowS = nowS;
        times = request.times();
        color = request.has("color");
        width = request.width().columns();
        graph.commits().forEach(commit -> commits.put(commit.id(), commit));
        own = graph.commits().stream()
                .filter(commit -> commit.id().equals(graph.primary()))
                .map(GraphCommit::router)
                .findFirst()
                .orElse("");
        final int lanes = width == 0 ? MOST_LANES : Math.clamp((width - BESIDE) / 2, 2, MOST_LANES);
        art = new GraphArt(request.has("ascii"), lanes, this::style);
        final long routers =
                graph.commits().stream().map(GraphCommit::router).distinct().count();
        routerWidth = routers < 2
                ? 0
                : graph.commits().stream()
                        .mapToInt(commit -> router(commit).length())
                        .max()
                        .orElse(0);
    }

    static int limit(final Request request) throws UsageException {
        request.width();
        return request.number("limit", 1, MOST, DEFAULT);
    }

    static void write(
            final Request request, final HistoryQuery history, final Asker asker, final long nowS, final Writer out)
            throws IOException, UsageException {
        final Graph graph = history.graph(limit(request), request.has("all"), asker);
        final GraphAnswer answer = new GraphAnswer(request, graph, nowS);
        if (request.has("json")) {
            answer.json(out);
        } else {
            answer.draw(out);
        }
    }

    private static String router(final GraphCommit commit) {
        final String name = Printable.of(commit.router());
        return name.length() <= LONGEST_ROUTER ? name : name.substring(0, LONGEST_ROUTER);
    }

    /** Primary, what expires, and a color for each of the others. */
    private Style style(final ObjectId began) {
        if (began.equals(graph.primary())) {
            return Style.GREEN;
        }
        final GraphCommit commit = commits.get(began);
        if (commit == null) {
            return Style.DIM;
        }
        if (ChangeKind.ofSubject(commit.subject()) == ChangeKind.EXPIRED) {
            return Style.YELLOW;
        }
        return commit.router().equals(own) ? Style.GREEN : peer(commit.router());
    }

    private static Style peer(final String router) {
        return PEERS[Math.floorMod(router.hashCode(), PEERS.length)];
    }

    // ---- for people

    private void draw(final Writer out) throws IOException {
        final Lanes lanes = new Lanes(graph.primary());
        final List<Lanes.Row> rows = new ArrayList<>();
        for (final GraphCommit commit : graph.commits()) {
            rows.add(lanes.place(commit.id(), commit.parents()));
        }
        int widest = 0;
        for (final Lanes.Row row : rows) {
            widest = Math.max(widest, art.row(row, false).width());
        }
        final int aligned = Math.min(widest, ALIGNED);
        String day = "";
        for (int i = 0; i < rows.size(); i++) {
            final GraphCommit commit = graph.commits().get(i);
            final String its = times.day(commit.timeS());
            if (!its.equals(day)) {
                day = its;
                final StyledLine line = new StyledLine().add(day, Style.BOLD);
                print(out, i == 0 ? line : line.padTo(beside()).add(art.between(rows.get(i - 1), false)));
            }
            print(out, line(commit, art.row(rows.get(i), commit.parents().size() > 1), aligned));
        }
        if (graph.more()) {
            print(out, new StyledLine().padTo(beside()).add(art.between(rows.getLast(), true)));
            out.append("the last %d; there are more (--limit)\n".formatted(rows.size()));
        }
    }

    /** Where the lanes begin. */
    private int beside() {
        return 2 + 8 + (isWide() ? 2 + 4 : 0) + 2 + SHORT_ID + 2 + (routerWidth == 0 ? 0 : routerWidth + 2);
    }

    /** Whether there is room for a time that the other one says too. */
    private boolean isWide() {
        return width == 0 || width >= WIDE;
    }

    private void print(final Writer out, final StyledLine line) throws IOException {
        out.append(line.text(width, art.cut(), color)).append('\n');
    }

    private StyledLine line(final GraphCommit commit, final StyledLine lanes, final int aligned) {
        final StyledLine line = new StyledLine();
        line.add("  " + times.clock(commit.timeS()), Style.PLAIN);
        if (isWide()) {
            line.add("  %4s".formatted(LocalTimes.ago(Math.max(0, nowS - commit.timeS()))), Style.DIM);
        }
        line.add("  " + commit.id().abbreviate(SHORT_ID).name(), Style.YELLOW);
        if (routerWidth > 0) {
            final boolean foreign = !commit.router().equals(own);
            line.add("  " + router(commit), foreign ? peer(commit.router()) : Style.PLAIN);
        }
        line.padTo(beside()).add(lanes).padTo(beside() + aligned).add("  ", Style.PLAIN);
        return words(commit, line);
    }

    /** All of it where there is room; else what it is about comes before what it is called. */
    private StyledLine words(final GraphCommit commit, final StyledLine line) {
        final StyledLine names = names(commit);
        if (names.width() > 0) {
            names.add(" ", Style.PLAIN);
        }
        final int room = width == 0 ? Integer.MAX_VALUE : width - line.width();
        if (names.width() + commit.subject().length() <= room) {
            return line.add(names).add(subject(commit, true));
        }
        final StyledLine subject = subject(commit, false);
        if (names.width() + subject.width() <= room) {
            return line.add(names).add(subject);
        }
        final boolean anyName = subject.width() + LEAST_NAME <= room && names.width() > 0;
        return anyName ? line.add(subject).add(" ", Style.PLAIN).add(names) : line.add(subject);
    }

    private StyledLine names(final GraphCommit commit) {
        final StyledLine line = new StyledLine();
        String before = "(";
        for (final String name : commit.names()) {
            line.add(before, Style.DIM);
            final boolean isPrimary = commit.id().equals(graph.primary()) && name.equals("primary");
            final Style style = isPrimary ? Style.BOLD_GREEN : name.startsWith("expire_") ? Style.YELLOW : Style.CYAN;
            line.add(Printable.of(name), style);
            before = ", ";
        }
        return line.add(commit.names().isEmpty() ? "" : ")", Style.DIM);
    }

    private static StyledLine subject(final GraphCommit commit, final boolean whole) {
        final String subject = Printable.of(commit.subject());
        final ChangeKind kind = ChangeKind.ofSubject(subject);
        final String detail = kind.detail(subject);
        final boolean known = detail.length() < subject.length();
        final String what = whole || !known
                ? subject.substring(0, subject.length() - detail.length())
                : kind.word + (detail.isEmpty() ? "" : ": ");
        final boolean quiet = kind.isQuiet() || kind == ChangeKind.CREATED;
        return new StyledLine()
                .add(what, quiet ? Style.DIM : LogAnswer.style(kind))
                .add(detail, quiet ? Style.DIM : Style.PLAIN);
    }

    // ---- for machines

    private void json(final Writer out) throws IOException {
        final Lanes lanes = new Lanes(graph.primary());
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("commits");
            for (final GraphCommit commit : graph.commits()) {
                json.writeStartObject();
                json.writeStringField("commit", commit.id().name());
                json.writeArrayFieldStart("parents");
                for (final ObjectId parent : commit.parents()) {
                    json.writeString(parent.name());
                }
                json.writeEndArray();
                BindingCells.time(json, "time", commit.timeS());
                json.writeStringField("router", commit.router());
                json.writeStringField("kind", ChangeKind.ofSubject(commit.subject()).word);
                json.writeStringField("subject", commit.subject());
                json.writeArrayFieldStart("branches");
                for (final String name : commit.names()) {
                    json.writeString(name);
                }
                json.writeEndArray();
                json.writeNumberField(
                        "column", lanes.place(commit.id(), commit.parents()).node());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeBooleanField("more", graph.more());
            json.writeEndObject();
        }
        out.append('\n');
    }
}
