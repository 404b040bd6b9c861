package org.portolan.bench.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/conformance.md has a row for each requirement, and each row names tests that exist. */
class ConformanceTest {
    private static final Path DOCS = Path.of("../docs/conformance.md");
    private static final String RULE = "|---|---|---|---|---|---|---|\n";
    private static final String TEST_SOURCE = """
            package org.portolan;

            class UdpTest {
                @Test
                void shouldMap() {}

                /** Not a test. */
                private static void helps() {}

                @ParameterizedTest(name = "{0}")
                @ValueSource(
                        ints = {
                            1, 2
                        })
                void shouldFilter(final int port) {}

                @TestFactory
                Stream<DynamicTest> shouldRefuse() {
                    return Stream.of();
                }

                // @Test
                void shouldBeLeftOut() {}

                @Property
                @DisplayName(
                        "long")
                void shouldHoldForAll() {}

                @Nested
                class Inner {
                    @Test
                    void shouldBeFoundInside() {}
                }
            }
            """;

    private final TestSources tests = new TestSources().add("UdpTest", TEST_SOURCE);

    @Test
    void shouldHaveARowForEachRequirementAndATestForEachRow() throws IOException {
        final ConformanceTable table = new ConformanceTable(Files.readString(DOCS));
        final TestSources all = TestSources.of(Stream.of("dataplane", "control", "bench")
                .map(module -> Path.of("..", module, "src/test/java"))
                .toList());
        assertThat(all.size()).as("tests that were found").isGreaterThan(1_500);
        assertThat(table.problems(all, Requirements.ALL)).as(DOCS.toString()).isEmpty();
    }

    @Test
    void shouldListEachRequirementOnce() {
        assertThat(Requirements.ALL).doesNotHaveDuplicates().hasSizeGreaterThan(90);
    }

    // ---- the check itself

    @ParameterizedTest
    @MethodSource("tests")
    void shouldFindWhatAnEngineRuns(final String method, final boolean isTest) {
        assertThat(tests.hasTest("UdpTest", method)).isEqualTo(isTest);
    }

    private static Stream<Arguments> tests() {
        return Stream.of(
                Arguments.of("shouldMap", true),
                Arguments.of("shouldFilter", true),
                Arguments.of("shouldRefuse", true),
                Arguments.of("shouldHoldForAll", true),
                Arguments.of("shouldBeFoundInside", true),
                Arguments.of("helps", false),
                Arguments.of("shouldBeLeftOut", false));
    }

    private List<String> problems(final String... rows) {
        final String markdown =
                "# Title\n\n" + ConformanceTable.HEAD + "\n" + RULE + String.join("\n", rows) + "\n\nThe end.\n";
        return new ConformanceTable(markdown).problems(tests, List.of("RFC 1 REQ-1"));
    }

    @ParameterizedTest
    @MethodSource("goodRows")
    void shouldAcceptAGoodRow(final String row) {
        assertThat(problems(row)).isEmpty();
    }

    private static Stream<String> goodRows() {
        return Stream.of(
                "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | `UdpTest.shouldMap` | |",
                "| RFC 1 REQ-1 | may | Maps. | It maps. | holds | `UdpTest.shouldMap`, `UdpTest.shouldFilter` | |",
                "| RFC 1 REQ-1 | should | Maps. | Not all. | in part | `UdpTest.shouldMap` | Not built. |",
                "| RFC 1 REQ-1 | recommended | Maps. | No. | not yet | `UdpTest.shouldMap` | Not built. |",
                "| RFC 1 REQ-1 | must | Maps. | No. | departs | `UdpTest.shouldMap` | On purpose. |");
    }

    @ParameterizedTest
    @MethodSource("badRows")
    void shouldNameTheRowAndItsFault(final String row, final String problem) {
        assertThat(problems(row)).containsExactly("RFC 1 REQ-1: " + problem);
    }

    private static Stream<Arguments> badRows() {
        return Stream.of(
                Arguments.of("| RFC 1 REQ-1 | must | Maps. | It maps. | holds | | |", "names no test"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | UdpTest.shouldMap | |", "names no test"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | `TcpTest.shouldMap` | |",
                        "there is no test class TcpTest"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | `UdpTest.shouldMap`, `UdpTest.helps` | |",
                        "there is no test UdpTest.helps"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | `UdpTest` | |",
                        "'UdpTest' is not ClassName.methodName"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | It maps. | done | `UdpTest.shouldMap` | |",
                        "status 'done' is unknown"),
                Arguments.of(
                        "| RFC 1 REQ-1 | shall | Maps. | It maps. | holds | `UdpTest.shouldMap` | |",
                        "strength 'shall' is unknown"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | | It maps. | holds | `UdpTest.shouldMap` | |",
                        "does not say what is asked or what is done"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | No. | departs | `UdpTest.shouldMap` | |",
                        "'departs' without saying why"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | No. | in part | `UdpTest.shouldMap` | |",
                        "'in part' without saying why"),
                Arguments.of(
                        "| RFC 1 REQ-1 | must | Maps. | No. | not yet | `UdpTest.shouldMap` | |",
                        "'not yet' without saying why"),
                Arguments.of("| RFC 1 REQ-1 | must | Maps. | It maps. | holds |", "has 5 cells, not 7"));
    }

    @Test
    void shouldNameARequirementThatHasNoRow() {
        assertThat(problems()).containsExactly("RFC 1 REQ-1: has no row");
    }

    @Test
    void shouldNameARequirementThatHasTwoRows() {
        final String row = "| RFC 1 REQ-1 | must | Maps. | It maps. | holds | `UdpTest.shouldMap` | |";
        assertThat(problems(row, row)).containsExactly("RFC 1 REQ-1: has two rows");
    }

    @Test
    void shouldNameARowThatIsNotInTheList() {
        final String row = "| RFC 1 REQ-%d | must | Maps. | It maps. | holds | `UdpTest.shouldMap` | |";
        assertThat(problems(row.formatted(1), row.formatted(2)))
                .containsExactly("RFC 1 REQ-2: is not in the list of requirements");
    }

    @Test
    void shouldPassOverOtherTables() {
        final String other = "| status | meaning |\n|---|---|\n| holds | it does |\n";
        assertThat(new ConformanceTable(other).size()).isZero();
        assertThat(new ConformanceTable(other).problems(tests, List.of())).isEmpty();
    }
}
