package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.portolan.control.text.Json;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.NeighborEditor;
import org.portolan.control.view.NeighborEditor.Binding;
import org.portolan.control.view.NeighborEditor.Outcome;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** {@code arp-add, arp-del, arp-flush, arp-load}: changes of neighbors, and what came of them. */
public final class NeighborsAnswer {
    public static final String ADD = "arp-add";
    public static final String DEL = "arp-del";
    public static final String FLUSH = "arp-flush";
    public static final String LOAD = "arp-load";

    private final Request request;
    private final NeighborEditor editor;
    private final String by;
    private final Writer out;

    private NeighborsAnswer(final Request request, final NeighborEditor editor, final String by, final Writer out) {
        this.request = request;
        this.editor = editor;
        this.by = by;
        this.out = out;
    }

    /** Throws for what {@link #write} would throw, as far as it can be known without a router. */
    public static void check(final Request request) throws UsageException {
        switch (request.verb()) {
            case ADD -> binding(request);
            case DEL -> BindingWords.address(required(request, "address"));
            case FLUSH -> checkFlush(request);
            default -> BindingWords.bindings(required(request, "bindings"));
        }
    }

    /** @param by the user who asks */
    public static void write(final Request request, final RouterView view, final String by, final Writer out)
            throws IOException, UsageException, RefusedException {
        check(request);
        final NeighborsAnswer answer = new NeighborsAnswer(request, view.neighbors(), by, out);
        switch (request.verb()) {
            case ADD -> answer.add();
            case DEL -> answer.del();
            case FLUSH -> answer.flush();
            default -> answer.load();
        }
    }

    private static String required(final Request request, final String name) throws UsageException {
        if (request.option(name).isEmpty()) {
            throw new UsageException("%s needs --%s".formatted(request.verb(), name));
        }
        return request.option(name);
    }

    private static Binding binding(final Request request) throws UsageException {
        return new Binding(
                BindingWords.address(required(request, "address")), BindingWords.mac(required(request, "mac")));
    }

    private static void checkFlush(final Request request) throws UsageException {
        int said = request.has("all") ? 1 : 0;
        said += request.option("interface").isEmpty() ? 0 : 1;
        said += request.option("address").isEmpty() ? 0 : 1;
        if (said != 1) {
            throw new UsageException("say which neighbors to flush: IP, --interface NAME or --all, exactly one");
        }
        if (!request.option("address").isEmpty()) {
            BindingWords.address(request.option("address"));
        }
    }

    private void add() throws IOException, UsageException, RefusedException {
        final Binding binding = binding(request);
        final Outcome outcome =
                editor.pin(List.of(binding), request.option("interface"), by).getFirst();
        if (outcome.isRefused()) {
            throw new RefusedException(outcome.refusal());
        }
        final String address = Ipv4.describeAddress(binding.address());
        final String mac = Ethernet.describeMac(binding.mac());
        if (!request.has("json")) {
            out.append("%s: %s %s static: %s%n"
                    .formatted(outcome.interfaceName(), address, outcome.already() ? "was already" : "is now", mac));
            return;
        }
        try (JsonGenerator json = begin()) {
            json.writeStringField("interface", outcome.interfaceName());
            json.writeStringField("address", address);
            json.writeStringField("mac", mac);
            json.writeBooleanField("changed", !outcome.already());
            json.writeEndObject();
        }
        out.append('\n');
    }

    private void del() throws IOException, UsageException, RefusedException {
        final int address = BindingWords.address(request.option("address"));
        final String on = editor.unpin(address, by);
        if (!request.has("json")) {
            out.append("%s: %s is no longer static%n".formatted(on, Ipv4.describeAddress(address)));
            return;
        }
        try (JsonGenerator json = begin()) {
            json.writeStringField("interface", on);
            json.writeStringField("address", Ipv4.describeAddress(address));
            json.writeEndObject();
        }
        out.append('\n');
    }

    private void flush() throws IOException, UsageException, RefusedException {
        final String address = request.option("address");
        final int flushed = address.isEmpty()
                ? editor.flushAll(request.option("interface"), by)
                : editor.flush(BindingWords.address(address), by);
        if (!request.has("json")) {
            out.append("%d neighbor%s flushed%n".formatted(flushed, flushed == 1 ? "" : "s"));
            return;
        }
        try (JsonGenerator json = begin()) {
            json.writeNumberField("flushed", flushed);
            json.writeEndObject();
        }
        out.append('\n');
    }

    /** Always JSON: a client that loads a file adds up many of these. */
    private void load() throws IOException, UsageException, RefusedException {
        final List<Outcome> outcomes = editor.pin(BindingWords.bindings(request.option("bindings")), "", by);
        try (JsonGenerator json = begin()) {
            json.writeArrayFieldStart("outcomes");
            for (final Outcome each : outcomes) {
                json.writeStartObject();
                json.writeStringField("interface", each.interfaceName());
                json.writeBooleanField("changed", !each.already() && !each.isRefused());
                json.writeStringField("refusal", each.refusal());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.append('\n');
    }

    private JsonGenerator begin() throws IOException {
        final JsonGenerator json = Json.to(out);
        json.writeStartObject();
        return json;
    }
}
