package org.portolan.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The router as its users run it: a process of its own in the lab's router namespace, {@code Portolan run FILE}, with a
 * config, a run directory and a socket of its own. This JVM's Java and class path are the router's too.
 */
public final class PortolanProcess implements DeviceUnderTest {
    /** The command line's main class. */
    public static final String MAIN = "org.portolan.control.Portolan";

    private static final long START_TIMEOUT_S = 30;
    /** Only a hang reaches it, however busy the machine is. */
    private static final long STOP_TIMEOUT_S = 60;

    private static final long POLL_MS = 10;

    private final Lab lab;
    private final PortolanConfig config;
    private final Path directory;
    private final List<String> prefix;
    private final List<String> jvm;
    private final String classPath;
    private final String main;
    private final Optional<Path> latencyLog;
    private Process process;
    private double startSeconds;

    private PortolanProcess(final Builder options) {
        lab = options.lab;
        prefix = options.prefix;
        jvm = options.jvm;
        main = options.main;
        directory = makeDirectory();
        classPath = switch (options.readers) {
            case WHOEVER_MAY -> ClassPath.own();
            case ALL -> ClassPath.copiedTo(libraries());
            case OWNER -> ClassPath.closedCopy(libraries());
        };
        final Path run = options.run == null ? directory.resolve("run") : options.run;
        lab.router().afterwards(this::deleteDirectory);
        latencyLog = options.latencyLog ? Optional.of(run.resolve("latency")) : Optional.empty();
        latencyLog.ifPresent(log -> options.config("latency", "log = \"%s\"".formatted(log)));
        config = new PortolanConfig(
                run,
                options.identity,
                options.idle,
                options.insidePrefixLength,
                List.copyOf(options.forwards),
                Map.copyOf(options.routes),
                options.history.map(run::resolve),
                Map.copyOf(options.extra));
    }

    private Path libraries() {
        return directory.resolve("lib");
    }

    /** Who may read the router's classes. */
    private enum Readers {
        WHOEVER_MAY,
        ALL,
        OWNER
    }

    /** Options, each with a default. */
    public static final class Builder {
        private final Lab lab;
        private final List<Forward> forwards = new ArrayList<>();
        private final Map<String, String> routes = new HashMap<>();
        private final Map<String, String> extra = new HashMap<>();
        private List<String> prefix = List.of();
        private List<String> jvm = List.of();
        private String main = MAIN;
        private String idle = "backoff";
        private int insidePrefixLength = 24;
        private Readers readers = Readers.WHOEVER_MAY;
        private boolean latencyLog;
        private Path run;
        private PortolanConfig.Identity identity = PortolanConfig.Identity.ALONE;
        private Optional<Path> history = Optional.empty();

        private Builder(final Lab lab) {
            this.lab = lab;
        }

        public Builder forward(final Forward... more) {
            forwards.addAll(List.of(more));
            return this;
        }

        /** One more route, to a network behind a host of the lab. */
        public Builder route(final String destination, final String via) {
            routes.put(destination, via);
            return this;
        }

        /** busy, backoff or park. */
        public Builder idle(final String strategy) {
            idle = strategy;
            return this;
        }

        /** Of the inside subnet, 16 to 24; longer ones leave the clients out. */
        public Builder insidePrefixLength(final int bits) {
            insidePrefixLength = bits;
            return this;
        }

        /** More lines for one table of the config. */
        public Builder config(final String table, final String lines) {
            extra.merge(table, lines, (first, second) -> first + "\n" + second);
            return this;
        }

        /** A command that runs the router's command: {@code setpriv --bounding-set=-net_raw}. */
        public Builder under(final String... command) {
            prefix = List.of(command);
            return this;
        }

        /** More flags for the router's JVM, after those that it always gets. */
        public Builder jvm(final String... flags) {
            jvm = List.of(flags);
            return this;
        }

        /** Another main class, which is a router too: one that a test lets fail. */
        public Builder main(final Class<?> router) {
            main = router.getName();
            return this;
        }

        /** For a router that becomes another user and loads classes after it: from where that one may read. */
        public Builder forAnyUser() {
            readers = Readers.ALL;
            return this;
        }

        /** From where no other user may read. */
        public Builder forOwnerOnly() {
            readers = Readers.OWNER;
            return this;
        }

        /** Another router's run directory, and with it its socket. */
        public Builder runDirectory(final Path directory) {
            run = directory;
            return this;
        }

        /** Another name and other addresses than a router has that is alone in its lab. */
        public Builder identity(final String name, final String insideAddress, final String outsideAddress) {
            identity = new PortolanConfig.Identity(name, insideAddress, outsideAddress);
            return this;
        }

        /** Keeps a history in its run directory. */
        public Builder history() {
            return history(Path.of("state.git"));
        }

        /** Keeps a history there; relative to the run directory. */
        public Builder history(final Path repository) {
            history = Optional.of(repository);
            return this;
        }

        /** Keeps histograms of its latency in its run directory. */
        public Builder latencyLog() {
            latencyLog = true;
            return this;
        }

        /** Writes nothing and starts nothing yet. */
        public PortolanProcess build() {
            return new PortolanProcess(this);
        }
    }

    public static Builder in(final Lab lab) {
        return new Builder(lab);
    }

    /** Open to all to pass through: a router that has dropped to another user still finds its run directory. */
    private static Path makeDirectory() {
        try {
            return Files.createTempDirectory(
                    Path.of("/run"),
                    "portolan-lab-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (final IOException e) {
            throw new LabException("no directory for a router in /run: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "Portolan";
    }

    /**
     * Starts the process and waits until it answers on its socket; {@link LabException} carries its log when it ends
     * before.
     */
    @Override
    public void start() {
        launch();
        final long beganNs = System.nanoTime();
        final long deadlineNs = beganNs + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
        while (!answers()) {
            requireRunning();
            if (System.nanoTime() > deadlineNs) {
                throw new LabException("the router does not answer after %d s:%n%s".formatted(START_TIMEOUT_S, log()));
            }
            pause();
        }
        startSeconds = (System.nanoTime() - beganNs) / 1e9;
    }

    /** Starts the process without waiting for anything: for a router that is expected to refuse. */
    public void launch() {
        final List<String> command = new ArrayList<>(prefix);
        command.addAll(JavaCommand.router(classPath, jvm, main, configFile()));
        try {
            Files.createDirectories(config.run());
            Files.writeString(configFile(), config.toToml());
            process = lab.router()
                    .start(new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(logFile().toFile())));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for the router", e);
        }
    }

    private boolean answers() {
        if (!Files.exists(config.socket())) {
            return false;
        }
        try {
            return !ask("stats", "--json").isEmpty();
        } catch (final LabException e) {
            return false;
        }
    }

    @Override
    public void requireRunning() {
        if (!process.isAlive()) {
            throw new LabException("the router ended with exit code %d:%n%s".formatted(process.exitValue(), log()));
        }
    }

    @Override
    public Map<String, String> settings() {
        final Map<String, String> settings = new LinkedHashMap<>();
        settings.put("JVM", String.join(" ", JavaCommand.routerFlags(jvm)));
        settings.put("config", config.settings());
        return settings;
    }

    @Override
    public double cpuSeconds() {
        try {
            return CpuTime.of(process);
        } catch (final UncheckedIOException e) {
            // Its file in /proc went with it, which is a moment before the process is known to have ended.
            awaitEnd();
            requireRunning();
            throw e;
        }
    }

    @Override
    public Optional<Path> latencyLog() {
        return latencyLog;
    }

    /** A stopped process (SIGSTOP) takes no time, and its rings wait. */
    @Override
    public void let(final boolean run) {
        if (isRunning()) {
            Command.run("kill", run ? "-CONT" : "-STOP", Long.toString(process.pid()));
        }
    }

    @Override
    public long allocatedBytes() {
        return askJson("stats").get("frames").get("allocated_bytes").number();
    }

    /** From the command to the first answer on the socket. */
    public double startSeconds() {
        return startSeconds;
    }

    public PortolanConfig config() {
        return config;
    }

    public Path configFile() {
        return directory.resolve("portolan.toml");
    }

    private Path logFile() {
        return directory.resolve("log");
    }

    /** All that the router has logged so far. */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile()) : "";
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asks the running router over its socket, the way the command line does (see the control module's chapter on
     * commands): one line of words, then "ok", the answer, and a zero byte.
     */
    public String ask(final String... words) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(config.socket()));
            channel.write(ByteBuffer.wrap((String.join(" ", words) + "\n").getBytes(StandardCharsets.US_ASCII)));
            final String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("ok\n") || !answer.endsWith("\0")) {
                throw new LabException("%s: the router answers: %s".formatted(String.join(" ", words), answer.strip()));
            }
            return answer.substring("ok\n".length(), answer.length() - 1);
        } catch (final IOException e) {
            throw new LabException("%s: %s".formatted(String.join(" ", words), e.getMessage()), e);
        }
    }

    /** {@link #ask} with {@code --json}. */
    public JsonValue askJson(final String... words) {
        final List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        return JsonValue.parse(ask(all.toArray(String[]::new)));
    }

    /** Frames dropped so far under a reason, by its counter's name, such as {@code no_mapping}. */
    public long drops(final String reason) {
        return askJson("stats").get("drops").get(reason).number();
    }

    /** Runs the command line in a process of its own, with {@code --socket} set to this router's. */
    public Command.Result command(final String verb, final String... options) {
        final List<String> words =
                new ArrayList<>(List.of(verb, "--socket", config.socket().toString()));
        words.addAll(List.of(options));
        return portolan(words.toArray(String[]::new));
    }

    /** Runs the command line in a process of its own. */
    public static Command.Result portolan(final String... arguments) {
        return Command.tryRun(JavaCommand.shortVisit(List.of(arguments)));
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** The process, once started. */
    public Process process() {
        return process;
    }

    /** Sends SIGTERM and waits; the exit code. */
    public int terminate() {
        process.destroy();
        return awaitEnd();
    }

    /** Waits until the process has ended by itself; the exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                writeThreadsToLog();
                throw new LabException("the router still runs after %d s:%n%s".formatted(STOP_TIMEOUT_S, log()));
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for the router to end", e);
        }
    }

    /** On SIGQUIT a JVM prints what each thread is at. */
    private void writeThreadsToLog() throws InterruptedException {
        Command.tryRun(List.of("kill", "-QUIT", Long.toString(process.pid())));
        Thread.sleep(1_000);
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void stop() {
        if (isRunning()) {
            terminate();
        }
    }

    /** Stops, and deletes the directory. */
    @Override
    public void close() {
        try {
            stop();
        } finally {
            if (isRunning()) {
                kill();
            }
            deleteDirectory();
        }
    }

    /** Again without effect: the lab's own end does it too, so that an interrupted run leaves nothing. */
    private synchronized void deleteDirectory() {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
