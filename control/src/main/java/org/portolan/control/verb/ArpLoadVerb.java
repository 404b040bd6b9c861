package org.portolan.control.verb;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.portolan.control.admin.AdminClient;
import org.portolan.control.answer.BindingWords;
import org.portolan.control.answer.NeighborsAnswer;
import org.portolan.control.log.Printable;
import org.portolan.control.text.Json;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code arp load}: a file of static neighbors, in requests of a hundred. */
@Command(
        name = "load",
        headerHeading = "Example:%n" + "  portolan arp load /etc/ethers%n%n",
        header = "Bind the addresses of a file to their MACs.",
        description = {
            "%nReads a file as ethers(5) has it, MAC and address a line, # before a comment, and makes each a static"
                    + " neighbor. Nothing is sent when a line is wrong. What the router refuses is reported line by line,"
                    + " and does not stop the others.%n",
            "Exit code: 0 when all are static now, 1 when not.%n"
        })
final class ArpLoadVerb extends AskingVerb {
    /** Further errors are only counted: the first ones help most. */
    private static final int MOST_TOLD = 20;

    @Parameters(index = "0", paramLabel = "FILE", description = "Lines such as: 02:50:2a:16:6d:14 192.168.1.20")
    private Path file;

    private final List<Refused> refused = new ArrayList<>();
    private int added;
    private int unchanged;

    private record Refused(EthersFile.Line line, String reason) {}

    ArpLoadVerb(final Surroundings surroundings) {
        super(surroundings, NeighborsAnswer.LOAD);
    }

    @Override
    int ask(final AdminClient client, final String line) throws Exception {
        final EthersFile.Loaded loaded = EthersFile.load(file);
        if (!loaded.errors().isEmpty()) {
            tell(loaded.errors());
            return fail("nothing was sent");
        }
        final List<EthersFile.Line> lines = loaded.lines();
        for (int from = 0; from < lines.size(); from += BindingWords.MOST) {
            try {
                send(client, lines.subList(from, Math.min(from + BindingWords.MOST, lines.size())));
            } catch (final AdminClient.AskException e) {
                throw new AdminClient.AskException(
                        "%s (%d of %d lines were sent before)".formatted(e.getMessage(), from, lines.size()));
            }
        }
        return finish();
    }

    private void send(final AdminClient client, final List<EthersFile.Line> lines) throws Exception {
        final String bindings =
                BindingWords.of(lines.stream().map(EthersFile.Line::binding).toList());
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        client.ask(NeighborsAnswer.LOAD + " --json --bindings=" + bindings, answer);
        try (JsonParser json = Json.from(answer.toString(StandardCharsets.UTF_8))) {
            count(json, lines);
        } catch (final IOException | IllegalStateException e) {
            throw new AdminClient.AskException("the router's answer is not understood: " + e.getMessage());
        }
    }

    /** One outcome for each line, in their order; keys that are not known are passed over. */
    private void count(final JsonParser json, final List<EthersFile.Line> lines) throws IOException {
        int at = 0;
        boolean changed = false;
        String refusal = "";
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            final String key = json.currentName();
            if (token == JsonToken.VALUE_TRUE && "changed".equals(key)) {
                changed = true;
            } else if (token == JsonToken.VALUE_STRING && "refusal".equals(key)) {
                refusal = json.getText();
            } else if (token == JsonToken.END_OBJECT && json.getParsingContext().inArray() && at < lines.size()) {
                count(lines.get(at++), changed, refusal);
                changed = false;
                refusal = "";
            }
        }
        if (at != lines.size()) {
            throw new IllegalStateException("%d outcomes of %d lines".formatted(at, lines.size()));
        }
    }

    private void count(final EthersFile.Line line, final boolean changed, final String refusal) {
        if (!refusal.isEmpty()) {
            refused.add(new Refused(line, refusal));
        } else if (changed) {
            added++;
        } else {
            unchanged++;
        }
    }

    private int finish() throws IOException {
        tell(refused.stream()
                .map(each -> "%s:%d: %s".formatted(file, each.line().number(), each.reason()))
                .toList());
        final String summary = json()
                ? document()
                : "%s: %d added, %d unchanged, %d refused%n"
                        .formatted(Printable.of(file.toString()), added, unchanged, refused.size());
        surroundings().out().write(summary.getBytes(StandardCharsets.UTF_8));
        return refused.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private String document() throws IOException {
        final StringWriter out = new StringWriter();
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeNumberField("added", added);
            json.writeNumberField("unchanged", unchanged);
            json.writeArrayFieldStart("refused");
            for (final Refused each : refused) {
                json.writeStartObject();
                json.writeNumberField("line", each.line().number());
                json.writeStringField(
                        "address", Ipv4.describeAddress(each.line().binding().address()));
                json.writeStringField(
                        "mac", Ethernet.describeMac(each.line().binding().mac()));
                json.writeStringField("reason", each.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.append('\n').toString();
    }

    private void tell(final List<String> errors) {
        errors.stream()
                .limit(MOST_TOLD)
                .map(Printable::of)
                .forEach(surroundings().err()::println);
        if (errors.size() > MOST_TOLD) {
            surroundings().err().println("and %d more".formatted(errors.size() - MOST_TOLD));
        }
    }

    private int fail(final String consequence) {
        surroundings().err().println("portolan arp load: " + consequence);
        return ExitCode.FAILED;
    }
}
