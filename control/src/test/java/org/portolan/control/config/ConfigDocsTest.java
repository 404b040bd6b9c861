package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tables of docs/config.md are those of {@link ConfigTable}, row by row; the prose between them is free. */
final class ConfigDocsTest {
    private static final Path DOCS = Path.of("../docs/config.md");
    private static final String REWRITE =
            "docs/config.md differs from ConfigTable (- docs, + table); rewrite its tables"
                    + " with: scripts/test -pl control -am -Dtest=ConfigDocsTest -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dportolan.docs.write=true";
    private static final String PLANNED_HEADING = "## Sections to come";
    private static final List<String> HEAD =
            List.of("| key | meaning | type | default | allowed | status |", "|---|---|---|---|---|---|");

    @Test
    void shouldHaveTheRowsOfTheTableThatTheReadersUse() throws IOException {
        final List<String> docs = Files.readAllLines(DOCS);
        final List<String> right = rewritten(docs);
        if (Boolean.getBoolean("portolan.docs.write")) {
            Files.write(DOCS, right);
            return;
        }
        assertThat(differences(docs, right)).as(REWRITE).isEmpty();
    }

    @Test
    void shouldShowEachRowThatDiffers() {
        assertThat(differences(List.of("a", "b", "c"), List.of("a", "x", "c", "d")))
                .containsExactly("- b", "+ x", "+ d");
    }

    @Test
    void shouldReplaceTheTableOfASectionAndNothingElse() {
        final List<String> docs = new ArrayList<>(List.of("# Reference", ""));
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            docs.addAll(List.of(heading(each), "Prose | of it.", "", "| key |", "|---|", "| old |", "", "More."));
        }
        final List<String> right = rewritten(docs);
        assertThat(right).doesNotContain("| old |");
        assertThat(right.stream().filter(line -> !line.startsWith("|")))
                .containsExactlyElementsOf(
                        docs.stream().filter(line -> !line.startsWith("|")).toList());
        assertThat(rewritten(right)).isEqualTo(right);
    }

    private static String heading(final SectionKeys section) {
        return section.header().isEmpty() ? PLANNED_HEADING : "## " + section.header();
    }

    private static List<String> rewritten(final List<String> docs) {
        final List<String> lines = new ArrayList<>(docs);
        for (final SectionKeys section : ConfigTable.SECTIONS) {
            final int heading = lines.indexOf(heading(section));
            assertThat(heading).as("a heading " + heading(section)).isNotNegative();
            int from = heading + 1;
            while (from < lines.size() && !lines.get(from).startsWith("|")) {
                assertThat(lines.get(from))
                        .as("a table under " + heading(section))
                        .doesNotStartWith("#");
                from++;
            }
            int to = from;
            while (to < lines.size() && lines.get(to).startsWith("|")) {
                to++;
            }
            lines.subList(from, to).clear();
            lines.addAll(from, table(section));
        }
        return lines;
    }

    private static List<String> table(final SectionKeys section) {
        final List<String> rows = new ArrayList<>(HEAD);
        section.keys().forEach(key -> rows.addAll(key.rows()));
        return rows;
    }

    private static List<String> differences(final List<String> docs, final List<String> right) {
        final List<String> differences = new ArrayList<>();
        docs.stream().filter(line -> !right.contains(line)).forEach(line -> differences.add("- " + line));
        right.stream().filter(line -> !docs.contains(line)).forEach(line -> differences.add("+ " + line));
        if (differences.isEmpty() && !docs.equals(right)) {
            differences.add("the rows are in another order");
        }
        return differences;
    }
}
