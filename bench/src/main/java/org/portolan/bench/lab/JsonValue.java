package org.portolan.bench.lab;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One value of a JSON answer, to walk through by name. A missing key or a value of another kind throws
 * {@link LabException} with the path so far: an answer's keys are documented, so a missing one is a fault.
 */
public final class JsonValue {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String path;
    private final Object value;

    private JsonValue(final String path, final Object value) {
        this.path = path;
        this.value = value;
    }

    public static JsonValue parse(final String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            final Object value = read(parser);
            if (parser.nextToken() != null) {
                throw new LabException("more than one JSON value: " + text);
            }
            return new JsonValue("$", value);
        } catch (final IOException e) {
            throw new LabException("not JSON: " + text, e);
        }
    }

    private static Object read(final JsonParser parser) throws IOException {
        final JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("empty");
        }
        return switch (token) {
            case START_OBJECT -> {
                final Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    final String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, read(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                final List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(read(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            default -> Optional.empty();
        };
    }

    private JsonValue at(final Object key, final Object found) {
        return new JsonValue(path + "." + key, found);
    }

    /** The member of that name. */
    public JsonValue get(final String name) {
        final Object found = object().get(name);
        if (found == null) {
            throw new LabException("%s has no key %s: %s".formatted(path, name, value));
        }
        return at(name, found);
    }

    /** The elements of an array. */
    public List<JsonValue> list() {
        if (!(value instanceof final List<?> array)) {
            throw new LabException("%s is not an array: %s".formatted(path, value));
        }
        return array.stream().map(each -> at("[]", each)).toList();
    }

    /** The members of an object, in their order. */
    public Map<String, JsonValue> members() {
        final Map<String, JsonValue> members = new LinkedHashMap<>();
        object().forEach((name, found) -> members.put(name, at(name, found)));
        return members;
    }

    public String text() {
        return as(String.class, "a string");
    }

    public long number() {
        return as(Long.class, "a whole number");
    }

    /** Any number: JSON does not tell 1 from 1.0. */
    public double real() {
        return as(Number.class, "a number").doubleValue();
    }

    public boolean truth() {
        return as(Boolean.class, "true or false");
    }

    private Map<String, Object> object() {
        if (!(value instanceof final Map<?, ?> map)) {
            throw new LabException("%s is not an object: %s".formatted(path, value));
        }
        final Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((name, found) -> object.put((String) name, found));
        return object;
    }

    private <T> T as(final Class<T> kind, final String what) {
        if (!kind.isInstance(value)) {
            throw new LabException("%s is not %s: %s".formatted(path, what, value));
        }
        return kind.cast(value);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
