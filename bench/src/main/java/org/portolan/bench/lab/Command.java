package org.portolan.bench.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Other programs: found, run to their end with their output captured, and explained when they fail. */
public final class Command {
    private static final long TIMEOUT_S = 60;

    /** Where ip(8) and nft(8) live on Debian, which an ordinary user's PATH leaves out. */
    private static final String SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin";

    private static final Map<String, String> PACKAGES = Map.of(
            "ip",
            "iproute2",
            "ping",
            "iputils-ping",
            "nft",
            "nftables",
            "setpriv",
            "util-linux",
            "unshare",
            "util-linux",
            "mtr",
            "mtr-tiny",
            "nc.openbsd",
            "netcat-openbsd",
            "dig",
            "bind9-dnsutils",
            "turnserver",
            "coturn",
            "turnutils_natdiscovery",
            "coturn");

    /** What a finished program said. Output and errors are UTF-8 text as printed, with their last newline. */
    public record Result(List<String> command, int exitCode, String output, String errors) {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** The output, or an exception that says command, exit code and what the program complained about. */
        public String require() {
            if (exitCode != 0) {
                final String said = (errors.isBlank() ? output : errors).strip();
                throw new LabException("%s: exit code %d: %s".formatted(String.join(" ", command), exitCode, said));
            }
            return output;
        }
    }

    private Command() {}

    /** Runs to the end, at most a minute. A non-zero exit code is the caller's to judge. */
    public static Result tryRun(final List<String> command) {
        final Process process = start(new ProcessBuilder(command));
        try {
            process.getOutputStream().close();
            final FutureTask<String> output = reading(process.getInputStream());
            final FutureTask<String> errors = reading(process.getErrorStream());
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException("%s: still running after %d s".formatted(String.join(" ", command), TIMEOUT_S));
            }
            return new Result(command, process.exitValue(), output.get(), errors.get());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException(String.join(" ", command) + ": interrupted", e);
        } catch (final java.util.concurrent.ExecutionException e) {
            throw new LabException(String.join(" ", command) + ": its output could not be read", e);
        }
    }

    /** Runs to the end and gives the output; a non-zero exit code throws {@link LabException}. */
    public static String run(final String... command) {
        return tryRun(List.of(command)).require();
    }

    /** Starts a program found on PATH or among the system's own; the first word is replaced by its absolute path. */
    static Process start(final ProcessBuilder builder) {
        final List<String> command = new ArrayList<>(builder.command());
        command.set(0, require(command.getFirst()).toString());
        builder.command(command);
        builder.environment().put("PATH", searchPath());
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (final IOException e) {
            throw new LabException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /** The program's path, or an exception that says which package has it. */
    public static Path require(final String program) {
        return find(program)
                .orElseThrow(() -> new LabException(
                        "the command `%s` is missing: install the package %s (for example: apt-get install %s)"
                                .formatted(program, packageOf(program), packageOf(program))));
    }

    private static String packageOf(final String program) {
        return PACKAGES.getOrDefault(program, program);
    }

    /** The program's absolute path, if it is there. */
    public static Optional<Path> find(final String program) {
        if (program.indexOf('/') >= 0) {
            return Optional.of(Path.of(program));
        }
        return Stream.of(searchPath().split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String searchPath() {
        final String path = System.getenv("PATH");
        return path == null ? SYSTEM_PATH : path + ":" + SYSTEM_PATH;
    }

    private static FutureTask<String> reading(final InputStream stream) {
        final FutureTask<String> text =
                new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("command-output").start(text);
        return text;
    }
}
