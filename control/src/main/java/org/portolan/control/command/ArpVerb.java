package org.portolan.control.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code arp}: the neighbors as they are now. */
@Command(
        name = "arp",
        headerHeading = "Examples:%n"
                + "  portolan arp%n"
                + "  portolan arp add 192.168.1.20 02:50:2a:16:6d:14%n"
                + "  portolan arp flush --interface lan%n%n",
        header = "The neighbors as they are now; add, del, flush, load.",
        description = {"%nShows the neighbors: address, MAC, state, and how long ago each was confirmed and used.%n"},
        synopsisSubcommandLabel = "[VERB]",
        commandListHeading = "%nVerbs:%n",
        footer = {"", "portolan help arp VERB says more."})
final class ArpVerb extends AskingVerb {
    ArpVerb(final Surroundings surroundings) {
        super(surroundings, "arp");
    }

    /** With its verbs below it. */
    static CommandLine commandLine(final Surroundings surroundings) {
        return new CommandLine(new ArpVerb(surroundings))
                .addSubcommand(new ArpAddVerb(surroundings))
                .addSubcommand(new ArpDelVerb(surroundings))
                .addSubcommand(new ArpFlushVerb(surroundings))
                .addSubcommand(new ArpLoadVerb(surroundings));
    }
}
