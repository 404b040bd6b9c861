package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.ArpAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.MacText;
import org.portolan.control.config.Nearest;
import org.portolan.control.text.TimeText;
import org.portolan.control.text.UsageException;
import org.portolan.dataplane.wire.Ethernet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code arp}: the neighbors as they are now, or were. */
@Command(
        name = "arp",
        headerHeading = "Examples:%n"
                + "  portolan arp%n"
                + "  portolan arp 192.168.1.20%n"
                + "  portolan arp --at \"2026-11-23 14:02\"%n"
                + "  portolan arp who 192.168.1.20 --at yesterday%n"
                + "  portolan arp add 192.168.1.20 02:50:2a:16:6d:14%n"
                + "  portolan arp flush --interface lan%n%n",
        header = "The neighbors, now or then; log, who, graph, add, del, flush, load.",
        description = {
            "%nShows the neighbors: address, MAC, state, and how long ago each was confirmed and used. Ends with exit"
                    + " code 1 when a filter matches nothing.%n"
        },
        synopsisSubcommandLabel = "[VERB]",
        commandListHeading = "%nVerbs:%n",
        footer = {HistoryAskingVerb.TIMES, "", "portolan help arp VERB says more."})
final class ArpVerb extends HistoryAskingVerb {
    @Parameters(index = "0", arity = "0..1", paramLabel = "IP|IP/PREFIX|MAC", description = "Only these. Default: all.")
    private String about;

    @Option(names = "--interface", paramLabel = "NAME", description = "Only those on this interface.")
    private String on;

    @Option(names = "--at", paramLabel = "TIME", description = "As they were then, by the history.")
    private String at;

    @Option(names = "--all", description = "With --at: also what was gone by then.")
    private boolean all;

    @Spec
    private CommandLine.Model.CommandSpec spec;

    ArpVerb(final Surroundings surroundings) {
        super(surroundings, "arp");
    }

    @Override
    void words(final List<String> words) throws UsageException {
        if (about != null) {
            about(words);
        }
        word(words, "interface", on);
        moment(words, at);
        if (all) {
            words.add("--all");
        }
        if (at != null) {
            zone(words);
        }
    }

    /** A word that is not a verb below this one is one of these, or wrong. */
    private void about(final List<String> words) throws UsageException {
        if (Ipv4Text.isAddress(about) || about.indexOf('/') > 0) {
            word(words, "address", about);
        } else if (MacText.isMac(about)) {
            word(words, "mac", Ethernet.describeMac(MacText.parse(about)));
        } else if (TimeText.isSecondWord(about)) {
            throw new UsageException(WrongWords.timeWithoutQuotes(about));
        } else if (Nearest.to(about, spec.subcommands().keySet()).isEmpty()) {
            throw new UsageException(about + ": neither a verb, nor an IPv4 address or subnet, such as 192.168.1.20 or"
                    + " 192.168.1.0/24, nor a MAC, such as 02:50:2a:16:6d:14");
        } else {
            throw new UsageException(WrongWords.unknownVerb(about, spec.commandLine()));
        }
    }

    @Override
    void check(final Request request) throws UsageException {
        ArpAnswer.check(request);
    }

    /** With its verbs below it. */
    static CommandLine commandLine(final Surroundings surroundings) {
        return new CommandLine(new ArpVerb(surroundings))
                .addSubcommand(new ArpLogVerb(surroundings))
                .addSubcommand(new ArpWhoVerb(surroundings))
                .addSubcommand(new ArpGraphVerb(surroundings))
                .addSubcommand(new ArpAddVerb(surroundings))
                .addSubcommand(new ArpDelVerb(surroundings))
                .addSubcommand(new ArpFlushVerb(surroundings))
                .addSubcommand(new ArpLoadVerb(surroundings));
    }
}
