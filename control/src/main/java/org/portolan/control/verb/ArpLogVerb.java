package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.HistoryAnswer;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.MacText;
import org.portolan.control.text.TimeText;
import org.portolan.control.text.UsageException;
import org.portolan.dataplane.wire.Ethernet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code arp log}: what happened to an address, to a MAC, or at all. */
@Command(
        name = "log",
        headerHeading = "Examples:%n"
                + "  portolan arp log 192.168.1.20%n"
                + "  portolan arp log 02:50:2a:16:6d:14 --since yesterday%n"
                + "  portolan arp log --limit 20 --json%n%n",
        header = "What happened to an address, to a MAC, or at all.",
        description = {
            "%nShows which host got or lost which address, newest first: on this router, and on those"
                    + " whose history it merged. A terminal's lines are cut to its width; a pipe gets them whole.%n"
        },
        footer = HistoryAskingVerb.TIMES)
final class ArpLogVerb extends HistoryAskingVerb {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "IP|MAC",
            description = "Show this address or MAC only. Default: all.")
    private String about;

    @Option(names = "--since", paramLabel = "TIME", description = "Show what happened at this time or later.")
    private String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Show what happened at this time or earlier.")
    private String until;

    @Option(names = "--limit", paramLabel = "N", description = "Show at most N lines. Default: 50.")
    private String limit;

    @Option(names = "--all", description = "Show refreshes and housekeeping too.")
    private boolean all;

    ArpLogVerb(final Surroundings surroundings) {
        super(surroundings, HistoryAnswer.LOG);
    }

    @Override
    void words(final List<String> words) throws UsageException {
        if (about != null) {
            about(words);
        }
        range(words, since, until);
        word(words, "limit", limit);
        if (all) {
            words.add("--all");
        }
        width(words);
        zone(words);
    }

    private void about(final List<String> words) throws UsageException {
        if (Ipv4Text.isAddress(about)) {
            word(words, "address", about);
        } else if (MacText.isMac(about)) {
            word(words, "mac", Ethernet.describeMac(MacText.parse(about)));
        } else if (TimeText.isSecondWord(about)) {
            throw new UsageException(WrongWords.timeWithoutQuotes(about));
        } else {
            throw new UsageException(
                    "%s: neither an IPv4 address, such as 192.168.1.20, nor a MAC, such as 02:50:2a:16:6d:14"
                            .formatted(about));
        }
    }
}
