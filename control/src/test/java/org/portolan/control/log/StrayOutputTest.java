package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StrayOutputTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(bytes, true, StandardCharsets.UTF_8),
            Log.Style.JOURNAL,
            Log.Level.INFO,
            System::nanoTime,
            () -> 0);

    private String logged() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTakeWhatALibraryPrintsIntoTheLog() {
        final PrintStream before = System.err;
        try (StrayOutput _ = StrayOutput.install(log)) {
            System.err.println("library: 100 % full");
            System.out.print("half");
            System.out.println(" and half");
        }
        assertThat(System.err).isSameAs(before);
        assertThat(logged())
                .isEqualTo("<4>printed to stderr: library: 100 % full\n<4>printed to stdout: half and half\n");
    }

    @Test
    void shouldBoundALineWithoutAnEnd() {
        try (StrayOutput _ = StrayOutput.install(log)) {
            System.err.println("x".repeat(100_000));
        }
        assertThat(logged()).isEqualTo("<4>printed to stderr: " + "x".repeat(1_024) + "\n");
    }

    @Test
    void shouldTellInOneLineWhatEndedAThread() throws InterruptedException {
        try (StrayOutput _ = StrayOutput.install(log)) {
            Thread.ofPlatform()
                    .name("restless")
                    .start(() -> {
                        throw new IllegalStateException("no slot");
                    })
                    .join();
        }
        assertThat(logged())
                .hasLineCount(1)
                .startsWith("<3>thread restless ended: IllegalStateException: no slot (at StrayOutputTest.java:");
    }
}
