package org.portolan.control.verb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.neighbor.NeighborCounter;

/** What docs/json.md lists is what the code has. */
class JsonDocsTest {
    @Test
    void shouldListEveryCounterOfArpWithItsText() throws IOException {
        final String docs = Files.readString(Path.of("../docs/json.md"));
        for (final NeighborCounter each : NeighborCounter.values()) {
            assertThat(docs).contains("| `%s` | %s |".formatted(each.name().toLowerCase(Locale.ROOT), each.text));
        }
    }

    @Test
    void shouldListEveryKeyOfTheTables() throws IOException {
        final String docs = Files.readString(Path.of("../docs/json.md"));
        final String chapter = docs.substring(docs.indexOf("\n## stats\n"), docs.indexOf("\n## latency\n"));
        final String state = Files.readString(Path.of("src/main/java/org/portolan/control/view/RouterState.java"));
        final List<String> keys = Pattern.compile("StatsRow\\.Count\\(\\s*\"(\\w+)\"")
                .matcher(state)
                .results()
                .map(each -> each.group(1))
                .toList();
        assertThat(keys)
                .hasSizeGreaterThan(20)
                .allSatisfy(key -> assertThat(chapter).contains("`" + key + "`"));
    }

    @Test
    void shouldListEveryKeyOfTheHistorysStatus() throws IOException {
        final String docs = Files.readString(Path.of("../docs/json.md"));
        final String chapter = docs.substring(docs.indexOf("\n## history\n"), docs.indexOf("\n## version\n"));
        final String report =
                Files.readString(Path.of("src/main/java/org/portolan/control/history/HistoryReport.java"));
        final List<String> keys = Pattern.compile("\\.(?:word|number)\\(\\s*\"(\\w+)\"")
                .matcher(report)
                .results()
                .map(each -> each.group(1))
                .toList();
        assertThat(keys)
                .hasSizeGreaterThan(20)
                .allSatisfy(key -> assertThat(chapter).contains("`" + key + "`"));
    }

    @Test
    void shouldListEveryKeyOfLatency(@TempDir final Path directory) throws IOException {
        final String docs = Files.readString(Path.of("../docs/json.md"));
        final String chapter = docs.substring(docs.indexOf("\n## latency\n"), docs.indexOf("\n## interfaces\n"));
        final Set<String> keys = new TreeSet<>();
        try (VerbRig rig = new VerbRig(directory)) {
            assertThat(rig.run("latency", "--json")).isZero();
            try (JsonParser json = new JsonFactory().createParser(rig.takeOut())) {
                while (json.nextToken() != null) {
                    if (json.currentToken() == JsonToken.FIELD_NAME) {
                        keys.add(json.currentName());
                    }
                }
            }
        }
        assertThat(keys)
                .hasSizeGreaterThan(15)
                .allSatisfy(key -> assertThat(chapter).containsPattern("`\\.?" + key + "`"));
    }
}
