package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.HistoryAnswer;
import org.portolan.control.text.LineWidth;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code arp graph}: the history, drawn. */
@Command(
        name = "graph",
        headerHeading = "Examples:%n" + "  portolan arp graph%n" + "  portolan arp graph --all --limit 100%n%n",
        header = "Draw the history of the table.",
        description = {
            "%nDraws the newest commits with their branches: the leftmost lane is primary, expiry branches leave it and"
                    + " come back, merges of peers come in from their own.%n"
        })
final class ArpGraphVerb extends HistoryAskingVerb {
    @Option(names = "--limit", paramLabel = "N", description = "At most N commits. Default: 30.")
    private String limit;

    @Option(names = "--all", description = "The branches of the peers too, merged or not.")
    private boolean all;

    @Option(
            names = "--ascii",
            description = "Without box drawing. Default: as the locale (LC_ALL, LC_CTYPE, LANG) says.")
    private boolean ascii;

    ArpGraphVerb(final Surroundings surroundings) {
        super(surroundings, HistoryAnswer.GRAPH);
    }

    @Override
    void words(final List<String> words) {
        word(words, "limit", limit);
        if (all) {
            words.add("--all");
        }
        if (ascii || !surroundings().unicode()) {
            words.add("--ascii");
        }
        final int columns = json() ? 0 : surroundings().columns();
        if (columns > 0) {
            word(words, LineWidth.OPTION, LineWidth.ofTerminal(columns));
        }
        zone(words);
    }
}
