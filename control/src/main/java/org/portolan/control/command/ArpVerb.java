package org.portolan.control.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code arp}: the neighbors as they are now, or were. */
@Command(
        name = "arp",
        headerHeading = "Examples:%n"
                + "  portolan arp%n"
                + "  portolan arp --at \"2026-11-23 14:02\"%n"
                + "  portolan arp who 192.168.1.20 --at yesterday%n"
                + "  portolan arp add 192.168.1.20 02:50:2a:16:6d:14%n"
                + "  portolan arp flush --interface lan%n%n",
        header = "The neighbors, now or then; log, who, graph, add, del, flush, load.",
        description = {"%nShows the neighbors: address, MAC, state, and how long ago each was confirmed and used.%n"},
        synopsisSubcommandLabel = "[VERB]",
        commandListHeading = "%nVerbs:%n",
        footer = {HistoryAskingVerb.TIMES, "", "portolan help arp VERB says more."})
final class ArpVerb extends HistoryAskingVerb {
    @Option(names = "--at", paramLabel = "TIME", description = "As they were then, by the history.")
    private String at;

    @Option(names = "--all", description = "With --at: also what was gone by then.")
    private boolean all;

    ArpVerb(final Surroundings surroundings) {
        super(surroundings, "arp");
    }

    @Override
    void words(final List<String> words) throws UsageException {
        past(words, "at", at);
        if (all) {
            words.add("--all");
        }
        if (at != null) {
            zone(words);
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
