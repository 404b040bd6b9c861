package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.HistoryAnswer;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code arp who}: who had an address. */
@Command(
        name = "who",
        headerHeading = "Examples:%n"
                + "  portolan arp who 192.168.1.20%n"
                + "  portolan arp who 192.168.1.20 --at \"2026-11-23 14:02\"%n%n",
        header = "Who had an address at a time, before and after.",
        description = {
            "%nShows which MAC had an address on each segment, from when until when, which commit made it so, who asked"
                    + " for that, and what was before and after. A terminal's lines are cut to its width; a pipe gets"
                    + " them whole.%n"
        },
        footer = HistoryAskingVerb.TIMES)
final class ArpWhoVerb extends HistoryAskingVerb {
    @Parameters(index = "0", paramLabel = "IP", description = "The address.")
    private String address;

    @Option(names = "--at", paramLabel = "TIME", description = "The time to look at. Default: now.")
    private String at;

    ArpWhoVerb(final Surroundings surroundings) {
        super(surroundings, HistoryAnswer.WHO);
    }

    @Override
    void words(final List<String> words) throws UsageException {
        word(words, "address", address);
        moment(words, at);
        width(words);
        zone(words);
    }
}
