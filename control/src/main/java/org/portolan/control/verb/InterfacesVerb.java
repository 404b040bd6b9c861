package org.portolan.control.verb;

import picocli.CommandLine.Command;

/** {@code interfaces}: what each is, and what passed it. */
@Command(
        name = "interfaces",
        headerHeading = "Example:%n" + "  portolan interfaces%n%n",
        header = "Devices, frames, bytes, ring losses.",
        description = {
            "%nShows each interface with its device, address and driver, the frames and bytes each way, what the kernel"
                    + " lost because the receive ring was full, and what was dropped at a full transmit ring.%n"
        })
final class InterfacesVerb extends AskingVerb {
    InterfacesVerb(final Surroundings surroundings) {
        super(surroundings, "interfaces");
    }
}
