package org.portolan.control.command;

import java.time.ZonedDateTime;
import java.util.List;
import picocli.CommandLine.Command;

/** The verbs that ask the history: they say in which time zone their user reads. */
@Command
abstract class HistoryAskingVerb extends AskingVerb {
    static final String TIMES = "%nTIME, in your time zone: now, 14:02 (today), yesterday, \"yesterday 14:02\",%n"
            + "2026-11-23 (its first second), \"2026-11-23 14:02\", 2026-11-23T14:02:11Z,%n"
            + "\"5m ago\", -5m, \"1h30m ago\".";

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

    /** A time that is over. */
    final void past(final List<String> words, final String name, final String text) throws UsageException {
        if (text != null) {
            word(words, name, TimeText.parsePast("--" + name, text, now()));
        }
    }

    final void time(final List<String> words, final String name, final String text) throws UsageException {
        if (text != null) {
            word(words, name, TimeText.parse("--" + name, text, now()));
        }
    }

    @Override
    void check(final Request request) throws UsageException {
        HistoryAnswer.check(request);
    }
}
