package org.portolan.control.answer;

import java.io.IOException;
import java.io.Writer;
import java.time.Clock;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.query.HistoryQuery.Moment;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;

/** The verbs that ask the history: {@code arp --at}, {@code arp log, who, graph}, {@code history}. */
public final class HistoryAnswer {
    public static final String LOG = "arp-log";
    public static final String WHO = "arp-who";
    public static final String GRAPH = "arp-graph";
    public static final String STATUS = "history";

    private HistoryAnswer() {}

    /** Throws for what {@link #write} would throw, as far as it can be known without a router. */
    public static void check(final Request request) throws UsageException {
        request.times();
        switch (request.verb()) {
            case LOG -> LogAnswer.query(request);
            case WHO -> WhoAnswer.address(request);
            case GRAPH -> GraphAnswer.limit(request);
            default -> request.second("at", 0);
        }
    }

    public static void write(final Request request, final RouterView view, final Asker asker, final Writer out)
            throws IOException, UsageException, RefusedException {
        check(request);
        final HistoryQuery history = view.history()
                .orElseThrow(() -> new RefusedException("this router keeps no history: set history.path"));
        switch (request.verb()) {
            case LOG -> LogAnswer.write(request, history, asker, out);
            case WHO -> WhoAnswer.write(request, history, asker, out);
            case GRAPH -> GraphAnswer.write(request, history, asker, nowS(), out);
            case STATUS -> StatusAnswer.write(request, history, nowS(), out);
            default -> TableAnswer.write(request, history, asker, out);
        }
    }

    private static long nowS() {
        return Clock.systemUTC().instant().getEpochSecond();
    }

    /**
     * A second that is not over yet means the last moment, also while a clock that was set back has not caught up with
     * the line.
     */
    static long over(final long second) {
        return second < nowS() ? second : Long.MAX_VALUE;
    }

    /** The moment that {@code --at} names; the last one when it names none. */
    static Moment moment(final Request request, final HistoryQuery history, final Asker asker)
            throws IOException, UsageException, RefusedException {
        final long second = request.second("at", Long.MAX_VALUE);
        final var moment = history.at(over(second), asker);
        if (moment.isEmpty()) {
            final LocalTimes times = request.times();
            throw new RefusedException("nothing is known of %s: the history that is kept begins at %s"
                    .formatted(
                            times.second(second),
                            times.second(history.beginning(asker).second())));
        }
        return moment.get();
    }
}
