package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.HistoryAnswer;
import picocli.CommandLine.Command;

/** {@code history}: how the history itself is doing. */
@Command(
        name = "history",
        headerHeading = "Example:%n" + "  portolan history%n%n",
        header = "How the history is doing: written, waiting, kept, peers.",
        description = {
            "%nShows where the history is, what was written and what waits, how far back it goes, what failed, and"
                    + " when each peer was last fetched. For its contents: portolan arp log, who, graph.%n"
        })
final class HistoryVerb extends HistoryAskingVerb {
    HistoryVerb(final Surroundings surroundings) {
        super(surroundings, HistoryAnswer.STATUS);
    }

    @Override
    void words(final List<String> words) {
        zone(words);
    }
}
