package org.portolan.bench.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.portolan.bench.lab.JsonValue;

/** A run's files as text. A wrong one throws {@code LabException} with the path of what is missing. */
final class RunJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private RunJson() {}

    /** Writes the members of one object. */
    private interface Members {
        void to(JsonGenerator json) throws IOException;
    }

    private static String object(final Members members) {
        final StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            members.to(json);
            json.writeEndObject();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static String text(final Measurement measurement) {
        final Point point = measurement.point();
        return object(json -> {
            json.writeStringField("kind", point.kind().id());
            json.writeStringField("device", point.device());
            json.writeStringField("frame", point.frame());
            json.writeNumberField("sessions", point.sessions());
            json.writeNumberField("load", point.load());
            json.writeNumberField("round", point.round());
            json.writeObjectFieldStart("values");
            for (final Map.Entry<Figure, Double> each : measurement.values().entrySet()) {
                json.writeNumberField(each.getKey().id(), each.getValue());
            }
            json.writeEndObject();
            strings(json, "files", measurement.files());
        });
    }

    static Measurement measurement(final String line) {
        final JsonValue json = JsonValue.parse(line);
        final Point point = new Point(
                Point.Kind.of(json.get("kind").text()),
                json.get("device").text(),
                json.get("frame").text(),
                json.get("sessions").number(),
                (int) json.get("load").number(),
                (int) json.get("round").number());
        final Map<Figure, Double> values = new LinkedHashMap<>();
        json.get("values").members().forEach((id, value) -> values.put(Figure.of(id), value.real()));
        return new Measurement(point, values, texts(json.get("files")));
    }

    static String text(final RunInfo info) {
        return object(json -> {
            json.writeStringField("plan", info.plan());
            json.writeStringField("began", info.began().toString());
            json.writeStringField("ended", info.ended().map(Instant::toString).orElse(""));
            json.writeNumberField("rounds", info.rounds());
            map(json, "options", info.options());
            map(json, "machine", info.machine());
            map(json, "settings", info.settings());
            json.writeArrayFieldStart("devices");
            for (final RunInfo.Device device : info.devices()) {
                json.writeStartObject();
                json.writeStringField("id", device.id());
                json.writeStringField("name", device.name());
                map(json, "settings", device.settings());
                json.writeEndObject();
            }
            json.writeEndArray();
            strings(json, "warnings", info.warnings());
        });
    }

    static RunInfo info(final String text) {
        final JsonValue json = JsonValue.parse(text);
        final String ended = json.get("ended").text();
        return new RunInfo(
                json.get("plan").text(),
                Instant.parse(json.get("began").text()),
                ended.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(ended)),
                (int) json.get("rounds").number(),
                json.members().containsKey("options") ? map(json.get("options")) : Map.of(),
                map(json.get("machine")),
                map(json.get("settings")),
                json.get("devices").list().stream()
                        .map(each -> new RunInfo.Device(
                                each.get("id").text(), each.get("name").text(), map(each.get("settings"))))
                        .toList(),
                texts(json.get("warnings")));
    }

    private static void map(final JsonGenerator json, final String name, final Map<String, String> map)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (final Map.Entry<String, String> each : map.entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
    }

    private static Map<String, String> map(final JsonValue json) {
        final Map<String, String> map = new LinkedHashMap<>();
        json.members().forEach((name, value) -> map.put(name, value.text()));
        return map;
    }

    private static void strings(final JsonGenerator json, final String name, final List<String> texts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (final String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static List<String> texts(final JsonValue json) {
        return json.list().stream().map(JsonValue::text).toList();
    }
}
