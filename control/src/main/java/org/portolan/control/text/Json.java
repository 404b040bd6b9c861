package org.portolan.control.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.Writer;

/** JSON for machines: compact, and one document is one line. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    public static JsonParser from(final String text) throws IOException {
        return FACTORY.createParser(text);
    }

    /**
     * Closing the generator flushes it into {@code out} and leaves that open; a document that an error cut short stays
     * visibly cut.
     */
    public static JsonGenerator to(final Writer out) throws IOException {
        return FACTORY.createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT)
                .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }
}
