package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import org.portolan.control.text.Json;

/** {@code version} over the socket: which program answers, and how it speaks. */
public final class VersionAnswer {
    public static final String VERB = "version";

    /** Counts what a client would have to be changed for: the framing, or a verb or key that went away. */
    static final int PROTOCOL = 1;

    private VersionAnswer() {}

    public static void write(final Request request, final Writer out) throws IOException {
        if (!request.has("json")) {
            out.append("portolan %s (Java %s), socket protocol %d%n".formatted(program(), Runtime.version(), PROTOCOL));
            return;
        }
        try (JsonGenerator json = Json.to(out)) {
            json.writeStartObject();
            json.writeStringField("version", program());
            json.writeStringField("java", Runtime.version().toString());
            json.writeNumberField("protocol", PROTOCOL);
            json.writeEndObject();
        }
        out.append('\n');
    }

    /** This program's version. */
    public static String program() {
        final String version = VersionAnswer.class.getPackage().getImplementationVersion();
        return version == null ? "from the source tree" : version;
    }
}
