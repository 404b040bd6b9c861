package org.portolan.bench;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A class name stands for one class in all modules, so that a reader need not look at the import. */
class NamesakesTest {
    private static final List<String> MODULES = List.of("dataplane", "control", "bench");

    private static Stream<String> names(final String module) {
        final Path sources = Path.of("..", module, "src/main/java");
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
                    .toList()
                    .stream();
        } catch (final IOException e) {
            throw new AssertionError("cannot read " + sources, e);
        }
    }

    @Test
    void shouldUseEachNameOnce() {
        final Map<String, Long> counts =
                MODULES.stream().flatMap(NamesakesTest::names).collect(groupingBy(name -> name, counting()));
        assertThat(counts).hasSizeGreaterThan(400);
        assertThat(counts.entrySet().stream()
                        .filter(each -> each.getValue() > 1)
                        .map(Map.Entry::getKey))
                .isEmpty();
    }
}
