package org.portolan.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
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
}
