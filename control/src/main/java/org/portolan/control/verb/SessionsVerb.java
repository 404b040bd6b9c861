package org.portolan.control.verb;

import java.util.List;
import org.portolan.control.answer.Request;
import org.portolan.control.answer.SessionsAnswer;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sessions}: who talks to whom through the NAT. */
@Command(
        name = "sessions",
        headerHeading = "Examples:%n"
                + "  portolan sessions --sort bytes --limit 20%n"
                + "  portolan sessions --proto tcp --src 192.168.1.0/24 --port 443 --json%n%n",
        header = "Who talks to whom through the NAT.",
        description = {
            "%nLists the sessions as they are found, without stopping the router; filters are joined by and."
                    + " A sorted list is cut at --limit.%n"
        })
final class SessionsVerb extends AskingVerb {
    @Option(names = "--proto", paramLabel = "PROTO", description = "tcp, udp, icmp, gre, esp, sctp..., or a number.")
    private String protocol;

    @Option(names = "--src", paramLabel = "ADDRESS[/PREFIX]", description = "The inside host.")
    private String source;

    @Option(names = "--dst", paramLabel = "ADDRESS[/PREFIX]", description = "The remote host.")
    private String destination;

    @Option(names = "--port", paramLabel = "PORT", description = "Inside, outside or remote port, or ICMP identifier.")
    private String port;

    @Option(names = "--state", paramLabel = "STATE", description = "For example opening, established, closing.")
    private String state;

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "bytes (most first), idle (longest first), expires (soonest first), src, dst.")
    private String sort;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most N sessions. Default: all; when sorted 1000, and at most 16384.")
    private String limit;

    SessionsVerb(final Surroundings surroundings) {
        super(surroundings, "sessions");
    }

    @Override
    void words(final List<String> words) {
        word(words, "proto", protocol);
        word(words, "src", source);
        word(words, "dst", destination);
        word(words, "port", port);
        word(words, "state", state);
        word(words, "sort", sort);
        word(words, "limit", limit);
    }

    @Override
    void check(final Request request) throws UsageException {
        SessionsAnswer.check(request);
    }
}
