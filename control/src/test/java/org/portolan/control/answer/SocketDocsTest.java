package org.portolan.control.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What docs/socket.md says of the verbs and the protocol is what the code has. */
class SocketDocsTest {
    private static final Set<String> EVERYWHERE = Set.of("json", "color");

    private static String row(final String docs, final String verb) {
        return docs.lines()
                .filter(line -> line.startsWith("| `" + verb + "` |"))
                .findFirst()
                .orElse("");
    }

    @Test
    void shouldListEveryVerbWithItsOptions() throws IOException {
        final String docs = Files.readString(Path.of("../docs/socket.md"));
        for (final Map.Entry<String, Set<String>> verb : Request.OPTIONS.entrySet()) {
            final String row = row(docs, verb.getKey());
            assertThat(row).as(verb.getKey()).isNotEmpty();
            for (final String option : verb.getValue()) {
                if (!EVERYWHERE.contains(option)) {
                    assertThat(row).as(verb.getKey()).contains("`--" + option);
                }
            }
        }
        final String table = docs.substring(docs.indexOf("## Request"), docs.indexOf("## Answer"));
        assertThat(table.lines().filter(line -> line.startsWith("| `"))).hasSize(Request.OPTIONS.size());
    }

    @Test
    void shouldGiveTheLengthAndTheProtocolOfTheCode() throws IOException {
        final String docs = Files.readString(Path.of("../docs/socket.md"));
        assertThat(docs)
                .contains("%,d bytes".formatted(Request.LONGEST_BYTES))
                .contains("protocol is %d".formatted(VersionAnswer.PROTOCOL));
    }
}
