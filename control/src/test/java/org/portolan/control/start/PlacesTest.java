package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlacesTest {
    /** The kernel's file and no other: a sysctl is read differently from any file that a test could write. */
    @Test
    void shouldReadTheWholeNumberOfUsersOutsideOfANamespace() throws IOException {
        final Path file = Path.of("/proc/sys/kernel/overflowuid");
        final Process cat = new ProcessBuilder("cat", file.toString()).start();
        final String number = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertThat(number).hasSizeGreaterThan(1);
        assertThat(Places.unmapped(file)).isEqualTo(Integer.parseInt(number));
    }
}
