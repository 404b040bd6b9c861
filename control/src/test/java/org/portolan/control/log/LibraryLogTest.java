package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LibraryLogTest {
    private static final Logger LIBRARY = Logger.getLogger("some.library");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @AfterEach
    void putBack() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    private String said(final Log.Level threshold) {
        LibraryLog.install(new Log(
                new PrintStream(bytes, false, StandardCharsets.UTF_8), Log.Style.JOURNAL, threshold, () -> 0, () -> 0));
        LIBRARY.log(Level.SEVERE, "a pack\nis damaged", new IOException("100%d wrong"));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldSayWhatALibrarySaysOnOneLineWithoutItsStackTrace() {
        assertThat(said(Log.Level.DEBUG))
                .startsWith("<7>some.library: a pack")
                .contains("is damaged: IOException: 100%d wrong (at LibraryLogTest.java:")
                .hasLineCount(1);
    }

    @Test
    void shouldNotTroubleAnOperatorWhoDidNotAskForDebugLines() {
        assertThat(said(Log.Level.INFO)).isEmpty();
    }
}
