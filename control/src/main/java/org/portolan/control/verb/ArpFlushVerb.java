package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.NeighborsAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code arp flush}: what was learned is forgotten. */
@Command(
        name = "flush",
        headerHeading = "Examples:%n"
                + "  portolan arp flush 192.168.1.20%n"
                + "  portolan arp flush --interface lan%n"
                + "  portolan arp flush --all%n%n",
        header = "Forget neighbors that were learned.",
        description = {
            "%nForgets neighbors that are not static: the next frame to one of them waits until it has answered. Static"
                    + " ones stay.%n"
        })
final class ArpFlushVerb extends AskingVerb {
    @Parameters(index = "0", arity = "0..1", paramLabel = "IP", description = "Flush this neighbor.")
    private String address;

    @Option(names = "--interface", paramLabel = "NAME", description = "Flush all neighbors on this interface.")
    private String interfaceName;

    @Option(names = "--all", description = "Flush the neighbors on every interface.")
    private boolean all;

    ArpFlushVerb(final Surroundings surroundings) {
        super(surroundings, NeighborsAnswer.FLUSH);
    }

    @Override
    void words(final List<String> words) {
        word(words, "address", address);
        word(words, "interface", interfaceName);
        if (all) {
            words.add("--all");
        }
    }

    @Override
    void check(final Request request) throws UsageException {
        NeighborsAnswer.check(request);
    }
}
