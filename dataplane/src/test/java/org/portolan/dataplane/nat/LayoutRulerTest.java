package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bit rulers in the layouts' Javadoc say the same as their constants. */
class LayoutRulerTest {
    private static final Path SOURCES = Path.of("src/main/java/org/portolan/dataplane/nat");
    private static final Pattern ROW = Pattern.compile("^ \\*  (\\|.*\\|)  (\\d+)$");
    private static final Pattern CONTINUATION = Pattern.compile("^ \\*  \\|( {63})\\|$");
    private static final int COLUMNS_A_BYTE = 16;

    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionLayout.class,
                CompanionLayout.class,
                MappingLayout.class,
                MappingCompanionLayout.class,
                HostLayout.class,
                FragmentLayout.class
            })
    void shouldDrawEachFieldWhereItsConstantSays(final Class<?> layout) throws Exception {
        final Map<String, Integer> drawn = drawn(layout);
        final Map<String, Integer> constants = new TreeMap<>();
        for (final Field field : layout.getDeclaredFields()) {
            if (field.getName().endsWith("_OFFSET")) {
                constants.put(field.getName(), field.getInt(null));
            }
        }
        assertThat(drawn).isEqualTo(constants);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionLayout.class,
                CompanionLayout.class,
                MappingLayout.class,
                MappingCompanionLayout.class,
                HostLayout.class,
                FragmentLayout.class
            })
    void shouldDrawAsManyBytesAsTheRecordHas(final Class<?> layout) throws Exception {
        final long rows = lines(layout).stream()
                .filter(line -> ROW.matcher(line).matches()
                        || CONTINUATION.matcher(line).matches())
                .count();
        final String size = layout == SessionLayout.class ? "LINE_BYTES" : "RECORD_BYTES";
        final Field bytes = layout.getDeclaredField(size);
        assertThat(rows * 4).isEqualTo(bytes.getInt(null));
    }

    private static Map<String, Integer> drawn(final Class<?> layout) throws IOException {
        final Map<String, Integer> offsets = new TreeMap<>();
        for (final String line : lines(layout)) {
            final Matcher row = ROW.matcher(line);
            if (row.matches()) {
                int at = 0;
                for (final String cell : row.group(1).substring(1).split("\\|")) {
                    final String name = cell.strip().toUpperCase(Locale.ROOT).replace(' ', '_') + "_OFFSET";
                    assertThat((cell.length() + 1) % COLUMNS_A_BYTE).as(line).isZero();
                    offsets.put(name, Integer.parseInt(row.group(2)) + at);
                    at += (cell.length() + 1) / COLUMNS_A_BYTE;
                }
                assertThat(at).as(line).isEqualTo(4);
            }
        }
        return offsets;
    }

    private static List<String> lines(final Class<?> layout) throws IOException {
        return Files.readAllLines(SOURCES.resolve(layout.getSimpleName() + ".java"));
    }
}
