package org.portolan.control.verb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.portolan.control.admin.AdminClient;
import org.portolan.control.answer.Request;
import org.portolan.control.log.Printable;
import org.portolan.control.text.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The verbs that ask a running router: they put their words on one line and copy the answer. */
@Command(synopsisHeading = "%nUsage: ")
abstract class AskingVerb implements Callable<Integer> {
    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The router's control socket. Default: $PORTOLAN_SOCKET, or /run/portolan/control.sock.")
    private Path socket;

    @Option(names = "--json", description = "JSON with the keys of docs/json.md, one line a document.")
    private boolean json;

    private final Surroundings surroundings;
    private final String verb;

    AskingVerb(final Surroundings surroundings, final String verb) {
        this.surroundings = surroundings;
        this.verb = verb;
    }

    final Surroundings surroundings() {
        return surroundings;
    }

    final boolean json() {
        return json;
    }

    /** Adds the verb's own words. */
    void words(final List<String> words) throws UsageException {}

    /** Throws for what the router would refuse, as far as it can be known without one. */
    void check(final Request request) throws UsageException {}

    /** Asks once, or as often as the verb wants. */
    int ask(final AdminClient client, final String line) throws Exception {
        client.ask(line, surroundings.out());
        return ExitCode.DONE;
    }

    @Override
    public final Integer call() throws Exception {
        if (socket != null && socket.toString().isEmpty()) {
            throw new UsageException("--socket needs a path");
        }
        final List<String> words = new ArrayList<>();
        words.add(verb);
        words(words);
        if (json) {
            words.add("--json");
        } else if (surroundings.color()) {
            words.add("--color");
        }
        for (final String word : words) {
            if (word.isEmpty() || word.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new UsageException("%s: only printable ASCII without spaces is allowed".formatted(word));
            }
        }
        final String line = String.join(" ", words);
        final Request request = Request.read(line);
        check(request);
        return ask(new AdminClient(socket == null ? surroundings.socket() : socket), line);
    }

    /** A sentence for the person, beside the answer. */
    final void note(final String sentence) {
        surroundings.err().println("portolan %s: %s".formatted(verb.replace('-', ' '), Printable.of(sentence)));
    }

    static void word(final List<String> words, final String name, final Object value) {
        if (value != null) {
            words.add("--" + name + "=" + value);
        }
    }
}
