package org.portolan.control.verb;

import java.time.ZonedDateTime;
import java.util.List;
import org.portolan.control.answer.HistoryAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.text.LineWidth;
import org.portolan.control.text.TimeText;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;

/** The verbs that ask the history: they say in which time zone their user reads. */
@Command
abstract class HistoryAskingVerb extends AskingVerb {
    static final String TIMES = "%nTIME, in your time zone (TZ, else the machine's):%n"
            + "  now; 1h, 90m, 2d, 1h30m or \"2d ago\"%n"
            + "  14:02 (today), \"yesterday 14:02\", \"monday 14:02\" (the last one before today)%n"
            + "  yesterday, monday: this time of that day; for --since and --until its start%n"
            + "  2026-11-23 (its start), \"2026-11-23 14:02\", \"2026-11-23 14:02:11\"%n"
            + "  with an offset: \"2026-11-23 14:02 -05:00\", 2026-11-23T14:02:11Z";

    HistoryAskingVerb(final Surroundings surroundings, final String verb) {
        super(surroundings, verb);
    }

    final ZonedDateTime now() {
        return ZonedDateTime.now(surroundings().zone());
    }

    final void zone(final List<String> words) {
        word(words, "zone", surroundings().zone().getId());
    }

    /** A table's lines are as long as who looks at them can see; who does not look gets them whole. */
    final void width(final List<String> words) {
        final int columns =
                json() || !surroundings().outIsTerminal() ? 0 : surroundings().columns();
        if (columns > 0) {
            word(words, LineWidth.OPTION, LineWidth.ofTerminal(columns));
            if (!surroundings().unicode()) {
                words.add("--ascii");
            }
        }
    }

    /** {@code --at}. */
    final void moment(final List<String> words, final String text) throws UsageException {
        if (text != null) {
            word(words, "at", second(TimeText.moment("--at", text, now())));
        }
    }

    /** {@code --since} and {@code --until}. */
    final void range(final List<String> words, final String since, final String until) throws UsageException {
        if (since != null) {
            word(words, "since", second(TimeText.beginning("--since", since, now())));
        }
        if (until != null) {
            word(words, "until", second(TimeText.end("--until", until, now())));
        }
    }

    private long second(final TimeText.Taken taken) {
        if (!taken.note().isEmpty()) {
            note(taken.note());
        }
        return taken.second();
    }

    @Override
    void check(final Request request) throws UsageException {
        HistoryAnswer.check(request);
    }
}
