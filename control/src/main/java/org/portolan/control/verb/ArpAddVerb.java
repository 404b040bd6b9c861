package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.NeighborsAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code arp add}: an address that has one MAC, whatever frames say. */
@Command(
        name = "add",
        headerHeading = "Examples:%n"
                + "  portolan arp add 192.168.1.20 02:50:2a:16:6d:14%n"
                + "  portolan arp add 192.168.1.20 02:50:2a:16:6d:14 --interface lan%n%n",
        header = "Bind an address to a MAC for good.",
        description = {
            "%nMakes a neighbor static: no frame changes it, nothing asks for it, and it stays until portolan arp del"
                    + " removes it. An address that is static already gets the new MAC.%n"
        })
final class ArpAddVerb extends AskingVerb {
    @Parameters(index = "0", paramLabel = "IP", description = "The neighbor's address.")
    private String address;

    @Parameters(index = "1", paramLabel = "MAC", description = "Its MAC, as 02:50:2a:16:6d:14.")
    private String mac;

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "Refuse when the address is not on this interface. Default: wherever its subnet is.")
    private String interfaceName;

    ArpAddVerb(final Surroundings surroundings) {
        super(surroundings, NeighborsAnswer.ADD);
    }

    @Override
    void words(final List<String> words) {
        word(words, "address", address);
        word(words, "mac", mac);
        word(words, "interface", interfaceName);
    }

    @Override
    void check(final Request request) throws UsageException {
        NeighborsAnswer.check(request);
    }
}
