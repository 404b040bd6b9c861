package org.portolan.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CPU time that a process has taken so far, user and system, in seconds, to 10 ms (proc_pid_stat(5)). */
public final class CpuTime {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 11;
    private static final int SYSTEM = 12;

    private CpuTime() {}

    /** All its threads, those that ended too. */
    public static double of(final Process process) {
        try {
            return seconds(directory(process));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its living threads of that name; names are cut to 15 characters. */
    public static double ofThreads(final Process process, final String name) {
        double seconds = 0;
        try (Stream<Path> tasks = Files.list(directory(process).resolve("task"))) {
            for (final Path task : tasks.toList()) {
                seconds += secondsIfNamed(task, name);
            }
            return seconds;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 0 for a thread that ended while its siblings were looked at: open(2) says ENOENT, read(2) ESRCH. */
    private static double secondsIfNamed(final Path task, final String name) throws IOException {
        try {
            return Files.readString(task.resolve("comm")).strip().equals(name) ? seconds(task) : 0;
        } catch (final IOException e) {
            if (Files.exists(task)) {
                throw e;
            }
            return 0;
        }
    }

    private static Path directory(final Process process) {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    /** The name, which may hold anything, ends at the last bracket; the fields after it are counted from 0. */
    private static double seconds(final Path directory) throws IOException {
        final String stat = Files.readString(directory.resolve("stat"));
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND;
    }
}
