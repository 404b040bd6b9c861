package org.portolan.bench.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.portolan.bench.lab.LabException;

/** A run's directory: written by one run at a time, read by reports. */
public final class RunDirectory {
    private static final String INFO = "run.json";
    private static final String MEASUREMENTS = "measurements.jsonl";
    private static final String RAW = "raw";

    private final Path directory;

    private RunDirectory(final Path directory) {
        this.directory = directory;
    }

    /** Makes the directory; {@link LabException} when it holds something already. */
    public static RunDirectory create(final Path directory) {
        try {
            Files.createDirectories(directory);
            try (var files = Files.list(directory)) {
                if (files.findAny().isPresent()) {
                    throw new LabException(
                            directory + " is not empty: name another directory, or resume the run in it");
                }
            }
            Files.createDirectories(directory.resolve(RAW));
            return new RunDirectory(directory);
        } catch (final IOException e) {
            throw new LabException("no directory for the run: " + e, e);
        }
    }

    /** Opens a run's directory; {@link LabException} when it is none. */
    public static RunDirectory open(final Path directory) {
        final RunDirectory run = new RunDirectory(directory);
        if (!run.isRun()) {
            throw new LabException(directory + " is not a run's directory: it has no " + INFO);
        }
        return run;
    }

    /** Whether something was written of a run, so that it can go on. */
    public boolean isRun() {
        return Files.isRegularFile(directory.resolve(INFO));
    }

    public Path path() {
        return directory;
    }

    /** A file of the run, such as {@code report.html}. */
    public Path resolve(final String relative) {
        return directory.resolve(relative);
    }

    /** Where raw data of that point goes: {@code raw/NAME.extension}, relative to the directory. */
    public String raw(final Point point, final String extension) {
        return RAW + "/" + point.fileName() + "." + extension;
    }

    /** Replaced at once: a reader sees the old one or the new one. */
    public void write(final RunInfo info) {
        try {
            final Path fresh = directory.resolve(INFO + ".new");
            Files.writeString(fresh, RunJson.text(info) + "\n");
            Files.move(fresh, directory.resolve(INFO), StandardCopyOption.ATOMIC_MOVE);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public RunInfo info() {
        try {
            return RunJson.info(Files.readString(directory.resolve(INFO)));
        } catch (final IOException e) {
            throw new LabException("%s cannot be read: %s".formatted(directory.resolve(INFO), e), e);
        }
    }

    public void append(final Measurement measurement) {
        try {
            Files.write(
                    directory.resolve(MEASUREMENTS),
                    (RunJson.text(measurement) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All measurements in the order of their writing. A last line without its end is cut off the file: the process
     * ended while it wrote it.
     */
    public List<Measurement> measurements() {
        final Path file = directory.resolve(MEASUREMENTS);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            final String text = Files.readString(file);
            final String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            final List<Measurement> measurements = new ArrayList<>();
            for (final String line : whole.lines().toList()) {
                measurements.add(measurement(file, measurements.size() + 1, line));
            }
            return measurements;
        } catch (final IOException e) {
            throw new LabException("%s cannot be read: %s".formatted(file, e), e);
        }
    }

    private static Measurement measurement(final Path file, final int number, final String line) {
        try {
            return RunJson.measurement(line);
        } catch (final LabException | IllegalArgumentException e) {
            throw new LabException("%s, line %d is not a measurement: %s".formatted(file, number, e.getMessage()), e);
        }
    }

    /** Before a resumed run appends: a line that was cut short would spoil the next one. */
    public void mend() {
        final Path file = directory.resolve(MEASUREMENTS);
        if (!Files.exists(file)) {
            return;
        }
        try {
            final byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            if (end < bytes.length) {
                Files.write(file, Arrays.copyOf(bytes, end));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
