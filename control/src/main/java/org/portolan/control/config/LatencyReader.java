package org.portolan.control.config;

import java.nio.file.Path;
import java.util.Optional;
import org.portolan.control.config.Config.Latency;

/** [latency]: where interval files go, and how many. */
final class LatencyReader {
    static final long DEFAULT_FILE_BYTES = 16L << 20;
    static final int DEFAULT_FILE_HOURS = 24;
    static final int DEFAULT_MAX_FILES = 8;

    private static final SizeText FILE_SIZE = new SizeText(64L << 10, 1L << 30, "64KiB to 1GiB, such as \"16MiB\"");
    static final int MOST_FILE_HOURS = 8_760;
    static final int LEAST_FILES = 2;
    static final int MOST_FILES = 1_000;

    private final Section latency;

    LatencyReader(final Section latency) {
        this.latency = latency;
    }

    /** @param named whether the file has the section: without one nothing is said about it */
    Latency read(final boolean named) {
        final Optional<Path> log = latency.string("log").flatMap(SettingsReader::absolute);
        final long fileBytes =
                latency.string("file_size").flatMap(FILE_SIZE::read).orElse(DEFAULT_FILE_BYTES);
        final int fileHours = latency.integer("file_hours", 1, MOST_FILE_HOURS, DEFAULT_FILE_HOURS);
        final int maxFiles = latency.integer("max_files", LEAST_FILES, MOST_FILES, DEFAULT_MAX_FILES);
        if (named && !latency.has("log")) {
            latency.notice("names no log: no interval files are written");
        }
        latency.finish();
        return new Latency(log, fileBytes, fileHours, maxFiles);
    }
}
