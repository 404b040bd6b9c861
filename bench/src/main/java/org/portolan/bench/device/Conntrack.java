package org.portolan.bench.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.NamespaceFile;

/**
 * The kernel's table of connections, whose limit is the whole machine's: only the network namespace in which the
 * benchmark was started, when that is the machine's first, can raise it. It is put back at the end.
 */
public final class Conntrack {
    /** A descriptor of the network namespace in which the benchmark was started; the launcher sets it. */
    private static final String HOST_NAMESPACE = "portolan.bench.host-netns";

    private static final Path MAX = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    private static final Path BUCKETS = Path.of("/sys/module/nf_conntrack/parameters/hashsize");
    private static final int MOST_DIGITS = 32;
    private static final Conntrack HOST = new Conntrack();

    private long maxBefore;
    private long bucketsBefore;

    private Conntrack() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::putBack, "conntrack-put-back"));
    }

    public static Conntrack host() {
        return HOST;
    }

    /** Why it cannot hold so many; empty when it can, or can be made to. */
    public synchronized Optional<String> obstacle(final long sessions) {
        if (!Files.exists(MAX) || wanted(sessions) <= number(MAX) || canRaise()) {
            return Optional.empty();
        }
        return Optional.of(
                ("conntrack holds %,d sessions and %,d are wanted: " + "sysctl -w net.netfilter.nf_conntrack_max=%d")
                        .formatted(number(MAX), sessions, wanted(sessions)));
    }

    /** The limit and as many buckets, where they are lower; without effect otherwise. */
    synchronized void makeRoomFor(final long sessions) {
        final long wanted = wanted(sessions);
        // Where there is none yet, the first rule loads it, with the machine's default.
        if (!Files.exists(MAX) || wanted <= number(MAX)) {
            return;
        }
        final long max = number(MAX);
        final long buckets = number(BUCKETS);
        inHost(() -> {
            Files.writeString(MAX, Long.toString(wanted));
            Files.writeString(BUCKETS, Long.toString(Math.max(buckets, wanted)));
            return null;
        });
        if (maxBefore == 0) {
            maxBefore = max;
            bucketsBefore = buckets;
        }
    }

    synchronized void putBack() {
        if (maxBefore == 0) {
            return;
        }
        final long max = maxBefore;
        final long buckets = bucketsBefore;
        maxBefore = 0;
        inHost(() -> {
            Files.writeString(BUCKETS, Long.toString(buckets));
            Files.writeString(MAX, Long.toString(max));
            return null;
        });
    }

    Map<String, String> settings() {
        final Map<String, String> settings = new LinkedHashMap<>();
        settings.put("nf_conntrack_max", "%,d".formatted(number(MAX)));
        settings.put("nf_conntrack_buckets", "%,d".formatted(number(BUCKETS)));
        return settings;
    }

    private static long wanted(final long sessions) {
        return sessions + sessions / 4;
    }

    private static boolean canRaise() {
        if (System.getProperty(HOST_NAMESPACE) == null) {
            return false;
        }
        try {
            // The same value again: the kernel checks the right to write all the same.
            inHost(() -> Files.writeString(MAX, Long.toString(number(MAX))));
            return true;
        } catch (final LabException e) {
            return false;
        }
    }

    private static void inHost(final Callable<?> code) {
        final FutureTask<?> task = new FutureTask<>(() -> {
            NamespaceFile.enter(System.getProperty(HOST_NAMESPACE));
            return code.call();
        });
        Thread.ofPlatform().daemon().name("host-namespace").start(task);
        try {
            task.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } catch (final ExecutionException e) {
            throw new LabException("the machine's conntrack limit cannot be changed: " + e.getCause(), e);
        }
    }

    /**
     * In one read(2): Files.readString reads a file that says it is empty byte by byte, and a sysctl answers only the
     * first of them.
     */
    private static long number(final Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Long.parseLong(new String(in.readNBytes(MOST_DIGITS), StandardCharsets.US_ASCII).strip());
        } catch (final IOException | NumberFormatException e) {
            throw new LabException("%s cannot be read: %s".formatted(file, e), e);
        }
    }
}
