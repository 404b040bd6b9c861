package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import org.portolan.control.text.Json;
import org.portolan.control.text.Table;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.LiveSession;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.control.view.SessionFilter;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.ProtocolName;

/**
 * {@code sessions}: streamed as they are found, so that a million of them take no memory; sorted ones are bounded
 * instead, and only the first of them are kept.
 */
public final class SessionsAnswer {
    static final int DEFAULT_SORTED = 1_000;
    static final int MOST_SORTED = 16_384;
    static final int MOST = 16_777_216;

    /** The widest address and port, 255.255.255.255:65535, is 21 characters. */
    private static final String LINE = "%-5s  %-11s  %-7s  %-21s  %-21s  %-21s  %17s  %17s  %6s  %7s";

    private final SessionFilter filter;
    private final SessionOrder order;
    private final int limit;
    private final boolean color;
    private int shown;
    private boolean more;

    private SessionsAnswer(final Request request) throws UsageException {
        this.filter = filter(request);
        final String sort = request.option("sort");
        this.order = sort.isEmpty() ? null : SessionOrder.named(sort);
        this.limit = order == null
                ? request.number("limit", 1, MOST, MOST)
                : request.number("limit", 1, MOST_SORTED, DEFAULT_SORTED);
        this.color = request.has("color");
    }

    private static SessionFilter filter(final Request request) throws UsageException {
        return new SessionFilter(
                protocol(request.option("proto")),
                request.subnet("src"),
                request.subnet("dst"),
                request.number("port", 0, 65_535, SessionFilter.ANY),
                request.option("state").toLowerCase(Locale.ROOT));
    }

    private static int protocol(final String word) throws UsageException {
        if (word.isEmpty()) {
            return SessionFilter.ANY;
        }
        return ProtocolName.number(word)
                .orElseThrow(() -> new UsageException(
                        "--proto %s: allowed: %s, or a number from 1 to 255".formatted(word, ProtocolName.ALL)));
    }

    /** Throws for what {@link #write} would throw, as far as it can be known without a router. */
    public static void check(final Request request) throws UsageException {
        final SessionsAnswer unused = new SessionsAnswer(request);
        assert unused.limit > 0;
    }

    public static void write(final Request request, final RouterView view, final Writer out)
            throws IOException, UsageException, RefusedException {
        final SessionsAnswer answer = new SessionsAnswer(request);
        final String state = answer.filter.state();
        if (!state.isEmpty() && view.sessionStates().stream().noneMatch(state::equalsIgnoreCase)) {
            throw new UsageException(
                    "--state %s: allowed: %s".formatted(state, String.join(", ", view.sessionStates())));
        }
        if (request.has("json")) {
            answer.json(view, out);
        } else {
            answer.table(view, out);
        }
    }

    private void table(final RouterView view, final Writer out) throws IOException, RefusedException {
        out.append(Table.heading(
                        LINE.formatted(
                                "PROTO",
                                "STATE",
                                "OPENED",
                                "INSIDE",
                                "OUTSIDE",
                                "REMOTE",
                                "BYTES-OUT",
                                "BYTES-IN",
                                "IDLE",
                                "EXPIRES"),
                        color))
                .append('\n');
        each(view, row -> out.append(line(row)).append('\n'));
        if (more) {
            out.append("the first %s; there are more\n".formatted(Table.number(shown)));
        }
    }

    private void json(final RouterView view, final Writer out) throws IOException, RefusedException {
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("sessions");
            each(view, row -> write(row, json));
            json.writeEndArray();
            json.writeNumberField("shown", shown);
            json.writeBooleanField("more", more);
            json.writeEndObject();
        }
        out.append('\n');
    }

    @FunctionalInterface
    private interface RowWriter {
        void write(LiveSession row) throws IOException;
    }

    /** A client that is gone ends the scan: the failed write comes out of it as it went in. */
    private void each(final RouterView view, final RowWriter writer) throws IOException, RefusedException {
        try {
            if (order == null) {
                view.sessions(filter, row -> !filter.matches(row) || take(row, writer));
            } else {
                for (final LiveSession row : sorted(view)) {
                    writer.write(row);
                    shown++;
                }
            }
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private boolean take(final LiveSession row, final RowWriter writer) {
        if (shown == limit) {
            more = true;
            return false;
        }
        try {
            writer.write(row);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        shown++;
        return true;
    }

    /** The first {@code limit} in order: a heap whose head is the one to give up next. */
    private List<LiveSession> sorted(final RouterView view) throws RefusedException {
        final PriorityQueue<LiveSession> kept = new PriorityQueue<>(order.firstToLast.reversed());
        view.sessions(filter, row -> {
            if (filter.matches(row)) {
                if (kept.size() < limit) {
                    kept.add(row);
                } else {
                    more = true;
                    if (order.firstToLast.compare(row, kept.peek()) < 0) {
                        kept.poll();
                        kept.add(row);
                    }
                }
            }
            return true;
        });
        final List<LiveSession> rows = new ArrayList<>(kept);
        Collections.sort(rows, order.firstToLast);
        return rows;
    }

    private static String line(final LiveSession row) {
        return LINE.formatted(
                ProtocolName.of(row.protocol()),
                row.state(),
                row.hairpin() ? "hairpin" : row.opened(),
                endpoint(row.insideAddress(), row.insidePort()),
                endpoint(row.outsideAddress(), row.outsidePort()),
                endpoint(row.remoteAddress(), row.remotePort()),
                Table.number(row.bytesOut()),
                Table.number(row.bytesIn()),
                Table.duration(row.idleS()),
                Table.duration(row.expiresInS()));
    }

    private static void write(final LiveSession row, final JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("protocol", ProtocolName.of(row.protocol()));
        json.writeStringField("state", row.state());
        json.writeStringField("opened", row.opened());
        json.writeBooleanField("hairpin", row.hairpin());
        json.writeStringField("inside_address", Ipv4.describeAddress(row.insideAddress()));
        json.writeNumberField("inside_port", row.insidePort());
        json.writeStringField("outside_address", Ipv4.describeAddress(row.outsideAddress()));
        json.writeNumberField("outside_port", row.outsidePort());
        json.writeStringField("remote_address", Ipv4.describeAddress(row.remoteAddress()));
        json.writeNumberField("remote_port", row.remotePort());
        json.writeNumberField("bytes_out", row.bytesOut());
        json.writeNumberField("bytes_in", row.bytesIn());
        json.writeNumberField("idle_s", row.idleS());
        json.writeNumberField("expires_in_s", row.expiresInS());
        json.writeEndObject();
    }

    private static String endpoint(final int address, final int port) {
        return Ipv4.describeAddress(address) + ":" + port;
    }
}
