package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every class of the dataplane whose Javadoc draws a bit ruler must mean it: each constant {@code X_OFFSET} is the byte
 * offset of the field drawn with the words of X in its name, each one-bit flag the mask of the same name, and a drawing
 * without a part of varying length is as long as {@code HEADER_BYTES}, {@code PACKET_BYTES}, {@code LINE_BYTES} or
 * {@code BYTES} says.
 */
class RulerTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Set<String> LENGTHS = Set.of("HEADER_BYTES", "PACKET_BYTES", "LINE_BYTES", "BYTES");

    record Layout(String className, BitRuler ruler) {
        @Override
        public String toString() {
            return className;
        }
    }

    static Stream<Layout> layouts() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(RulerTest::layout)
                    .filter(layout -> layout.ruler() != null && hasOffsets(layout))
                    .toList()
                    .stream();
        }
    }

    /** A ruler over the bits of one word has none: its fields are masks. */
    private static boolean hasOffsets(final Layout layout) {
        try {
            return constants(layout).stream()
                    .anyMatch(constant -> constant.getName().endsWith("_OFFSET"));
        } catch (final ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Layout layout(final Path file) {
        try {
            final String path = SOURCES.relativize(file).toString();
            final String name =
                    path.substring(0, path.length() - ".java".length()).replace('/', '.');
            return new Layout(name, BitRuler.read(Files.readAllLines(file)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int value(final Field constant) {
        try {
            constant.setAccessible(true);
            return ((Number) constant.get(null)).intValue();
        } catch (final IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Field> constants(final Layout layout) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(layout.className()).getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers()))
                .filter(field -> field.getType() == int.class || field.getType() == long.class)
                .toList();
    }

    /**
     * The field that a constant names: all of its words, else (VERSION_IHL) the first. The one with the fewest other
     * words wins.
     */
    private static BitRuler.Field named(final BitRuler ruler, final String constant) {
        final Set<String> words = Set.of(constant.split("_"));
        final Set<String> first = Set.of(constant.split("_")[0]);
        for (final Set<String> wanted : List.of(words, first)) {
            BitRuler.Field best = null;
            for (final BitRuler.Field field : ruler.fields()) {
                if (field.words().containsAll(wanted)
                        && (best == null || field.words().size() < best.words().size())) {
                    best = field;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void shouldDrawEachFieldWhereItsOffsetSays(final Layout layout) throws ClassNotFoundException {
        int compared = 0;
        for (final Field constant : constants(layout)) {
            if (constant.getName().endsWith("_OFFSET")) {
                final String name =
                        constant.getName().substring(0, constant.getName().length() - "_OFFSET".length());
                final BitRuler.Field field = named(layout.ruler(), name);
                assertThat(field).as("%s is drawn", constant.getName()).isNotNull();
                assertThat(value(constant))
                        .as("%s, drawn as \"%s\" at bit %d", constant.getName(), field.name(), field.bit())
                        .isEqualTo(field.byteOffset());
                compared++;
            }
        }
        assertThat(compared).as("offsets in %s", layout).isPositive();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void shouldDrawEachFlagAtItsMask(final Layout layout) throws ClassNotFoundException {
        for (final Field constant : constants(layout)) {
            for (final BitRuler.Field field : layout.ruler().fields()) {
                if (field.bits() == 1 && field.name().equals(constant.getName())) {
                    assertThat(value(constant)).as(field.name()).isEqualTo(1 << (7 - field.bit() % 8));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void shouldDrawAsManyBytesAsItsLengthSays(final Layout layout) throws ClassNotFoundException {
        if (!layout.ruler().isOpen()) {
            assertThat(constants(layout).stream()
                            .filter(constant -> LENGTHS.contains(constant.getName()))
                            .map(RulerTest::value))
                    .as("length of %s", layout)
                    .contains(layout.ruler().bytes());
        }
    }

    @Test
    void shouldFindTheRulerOfEveryCodec() throws IOException {
        assertThat(layouts().map(Layout::className).map(name -> name.substring(name.lastIndexOf('.') + 1)))
                .contains("Arp", "Ethernet", "Icmp", "Ipv4", "Tcp", "Udp");
    }

    @Test
    void shouldReadJoinedSplitAndOneBitFields() {
        final BitRuler ruler = BitRuler.read(List.of(
                " * +-------+-------+",
                " * |  One  |A B C D|",
                " * |  two  |X Y   Z|",
                " * +-------+-------+",
                " * |     Long      |",
                " * +-------+-------+",
                " * | Long  | Rest  |",
                " * +-------+-------+"));
        assertThat(ruler.fields())
                .containsExactly(
                        new BitRuler.Field("One two", 0, 4),
                        new BitRuler.Field("AX", 4, 1),
                        new BitRuler.Field("BY", 5, 1),
                        new BitRuler.Field("C", 6, 1),
                        new BitRuler.Field("DZ", 7, 1),
                        new BitRuler.Field("Flags", 4, 4),
                        new BitRuler.Field("Long", 8, 12),
                        new BitRuler.Field("Rest", 20, 4));
        assertThat(ruler.bytes()).isEqualTo(3);
    }

    @Test
    void shouldReadVariantsOfOneRow() {
        final BitRuler ruler = BitRuler.read(List.of(
                " * +-------+-------+", " * | a: It | Other |", " * | b:This| That  |", " * +-------+-------+"));
        assertThat(ruler.fields())
                .containsExactly(
                        new BitRuler.Field("It", 0, 4),
                        new BitRuler.Field("Other", 4, 4),
                        new BitRuler.Field("This", 0, 4),
                        new BitRuler.Field("That", 4, 4));
        assertThat(ruler.bytes()).isEqualTo(1);
    }
}
