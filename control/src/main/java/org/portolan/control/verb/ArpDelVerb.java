package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.NeighborsAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code arp del}: what was bound for good is asked for again. */
@Command(
        name = "del",
        headerHeading = "Example:%n" + "  portolan arp del 192.168.1.20%n%n",
        header = "Remove a static neighbor.",
        description = {
            "%nRemoves a static neighbor. From then on ARP finds its MAC. One that the config names comes back at"
                    + " the next start. For one that is not static there is portolan arp flush.%n"
        })
final class ArpDelVerb extends AskingVerb {
    @Parameters(index = "0", paramLabel = "IP", description = "The neighbor's address.")
    private String address;

    ArpDelVerb(final Surroundings surroundings) {
        super(surroundings, NeighborsAnswer.DEL);
    }

    @Override
    void words(final List<String> words) {
        word(words, "address", address);
    }

    @Override
    void check(final Request request) throws UsageException {
        NeighborsAnswer.check(request);
    }
}
