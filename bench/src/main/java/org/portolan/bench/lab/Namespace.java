package org.portolan.bench.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One network namespace of this process's own, made with {@code ip netns add} and gone at {@link #close}, with the
 * programs that were started in it. What a killed JVM could leave is what {@code ip netns list} shows as
 * {@code pt<pid>-...}.
 */
public final class Namespace implements AutoCloseable {
    private static final Set<Namespace> LIVE = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long STOP_TIMEOUT_S = 5;

    /** Guarded by {@link #LIVE}. */
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Namespace::endAll, "lab-cleanup"));
    }

    private final String name;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final List<Runnable> afterwards = new CopyOnWriteArrayList<>();

    /** Guarded by this. */
    private boolean closed;

    private Namespace(final String name) {
        this.name = name;
    }

    /**
     * Makes a namespace with its loopback up. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN: root's, or a user namespace's.
     *
     * @param role the last part of the name, such as {@code client}
     */
    public static Namespace create(final String role) {
        final Namespace namespace =
                new Namespace("pt%d-%d-%s".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet(), role));
        namespace.add();
        namespace.ip("link", "set", "lo", "up");
        return namespace;
    }

    /** One that is made while the process ends would stay behind. */
    private void add() {
        synchronized (LIVE) {
            if (ending) {
                throw new LabException("no namespace is made while the process ends");
            }
            Command.run("ip", "netns", "add", name);
            LIVE.add(this);
        }
    }

    private static void endAll() {
        synchronized (LIVE) {
            ending = true;
        }
        LIVE.forEach(Namespace::close);
    }

    /**
     * Whether this process is root, be it in a user namespace: the effective user id is the second number of the Uid
     * line.
     */
    public static boolean isRoot() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Uid:")).anyMatch(line -> line.split("\\s+")[2].equals("0"));
        } catch (final IOException e) {
            return false;
        }
    }

    /** {@link LabException} says why when {@link #isRoot} is false. */
    public static void requireRoot() {
        if (!isRoot()) {
            throw new LabException("needs root: it makes network namespaces, pins threads and counts in the kernel");
        }
    }

    public String name() {
        return name;
    }

    /** The file that holds the namespace: what setns(2) and nsenter(1) take. */
    public Path path() {
        return Path.of("/run/netns", name);
    }

    /** {@code ip -n NAME ...}: the output, or an exception with the command's complaint. */
    public String ip(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        return Command.tryRun(command).require();
    }

    /** Runs a program inside to its end: the output, or an exception with its complaint. */
    public String run(final String... command) {
        return tryRun(command).require();
    }

    /** Runs a program inside to its end; a non-zero exit code is the caller's to judge. */
    public Command.Result tryRun(final String... command) {
        return Command.tryRun(inside(List.of(command)));
    }

    /**
     * Starts a program inside; it is ended with the namespace. {@code ip netns exec} becomes the program: signals
     * reach it.
     */
    public Process start(final ProcessBuilder builder) {
        builder.command(inside(builder.command()));
        final Process process = Command.start(builder);
        processes.add(process);
        return process;
    }

    /** What is to be done when the namespace is closed, once its programs have ended. */
    public void afterwards(final Runnable action) {
        afterwards.add(action);
    }

    private List<String> inside(final List<String> command) {
        Command.require(command.getFirst());
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    /**
     * Calls Java code on a thread inside, and waits. Sockets that it makes belong to this namespace wherever they are
     * used later.
     */
    public <T> T call(final Callable<T> code) throws Exception {
        final FutureTask<T> task = new FutureTask<>(code);
        thread(name + "-call", task).start();
        try {
            return task.get();
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof final Exception exception) {
                throw exception;
            }
            throw e;
        }
    }

    /** A daemon thread that runs inside once it is started; threads that it starts are inside too. */
    public Thread thread(final String threadName, final Runnable code) {
        return Thread.ofPlatform().daemon().name(threadName).unstarted(() -> {
            enter();
            code.run();
        });
    }

    private void enter() {
        NamespaceFile.enter(path().toString());
    }

    /**
     * Sets a kernel variable of this namespace. {@code key} is the path below /proc/sys/net, such as {@code
     * ipv4/ip_forward}.
     */
    public void sysctl(final String key, final String value) {
        final Path file = Path.of("/proc/sys/net", key);
        try {
            call(() -> Files.writeString(file, value));
        } catch (final Exception e) {
            throw new LabException("write \"%s\" to %s in %s: %s".formatted(value, file, name, e.getMessage()), e);
        }
    }

    /** A file whose content depends on the namespace, such as one of {@code /proc/thread-self/net/snmp}. */
    public String read(final String file) {
        try {
            return call(() -> Files.readString(Path.of(file)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final Exception e) {
            throw new LabException("read %s in %s".formatted(file, name), e);
        }
    }

    /** Index of a device, as AF_PACKET's sockaddr_ll wants it. */
    public int deviceIndex(final String device) {
        return Integer.parseInt(
                run("cat", "/sys/class/net/" + device + "/ifindex").strip());
    }

    /** MAC address of a device, {@code 02:00:00:00:00:01}. */
    public String deviceMac(final String device) {
        return run("cat", "/sys/class/net/" + device + "/address").strip();
    }

    /**
     * Ends the programs started inside, TERM before KILL, and deletes devices and namespace. Errors are passed over:
     * it may be gone already. Returns once it is gone, also when another thread is closing it: the process must not
     * end in the middle of that.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            processes.forEach(Process::destroy);
            processes.forEach(Namespace::end);
            afterwards.forEach(Runnable::run);
        } finally {
            deleteDevices();
            Command.tryRun(List.of("ip", "netns", "del", name));
            LIVE.remove(this);
        }
    }

    private static void end(final Process process) {
        try {
            if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** A socket still open somewhere keeps a namespace alive, and its devices with it: they are deleted by name. */
    private void deleteDevices() {
        final String links =
                Command.tryRun(List.of("ip", "-n", name, "-o", "link", "show")).output();
        for (final String line : links.split("\n")) {
            final String[] words = line.split(": ", 3);
            if (words.length == 3 && !words[1].equals("lo")) {
                Command.tryRun(List.of("ip", "-n", name, "link", "del", words[1].replaceAll("@.*", "")));
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
