package org.portolan.control.command;

import picocli.CommandLine.Command;

/** {@code arp}: the neighbors as they are now. */
@Command(
        name = "arp",
        headerHeading = "Example:%n" + "  portolan arp%n%n",
        header = "The neighbors as they are now.",
        description = {"%nShows the neighbors: address, MAC, state, and how long ago each was confirmed and used.%n"})
final class ArpVerb extends AskingVerb {
    ArpVerb(final Surroundings surroundings) {
        super(surroundings, "arp");
    }
}
