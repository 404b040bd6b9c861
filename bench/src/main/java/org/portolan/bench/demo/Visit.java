package org.portolan.bench.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;

/** {@code --keep}: says how to come into the lab from another terminal, and waits for Ctrl-C. */
final class Visit {
    private final Console console;
    private final Lab lab;
    private final PortolanProcess router;

    Visit(final Console console, final Lab lab, final PortolanProcess router) {
        this.console = console;
        this.lab = lab;
        this.router = router;
    }

    void await() {
        final String enter = enter();
        console.blank();
        console.heading("The lab stays up. From another terminal:");
        for (final Namespace namespace : lab.namespaces()) {
            console.line("  " + enter + " ip netns exec " + namespace.name() + " bash");
        }
        console.blank();
        console.line("  Ask the router:");
        console.line("  " + enter + " scripts/portolan stats --socket "
                + router.config().socket());
        console.blank();
        router.config().history().ifPresent(path -> {
            console.line("  Read what the neighbors did with git:");
            console.line("  " + enter + " git -C " + path + " log --all --decorate --oneline --graph");
            console.blank();
        });
        console.line("  Ctrl-C ends it and leaves nothing behind.");
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The namespaces are named in this process's own mount namespace, and in a user namespace when root was not
     * needed.
     */
    private static String enter() {
        return isInUserNamespace()
                ? "nsenter --target " + pid() + " --user --preserve-credentials --mount --wd=" + directory()
                : "sudo nsenter --target " + pid() + " --mount --wd=" + directory();
    }

    private static String directory() {
        return Path.of("").toAbsolutePath().toString();
    }

    /** The first user namespace maps all ids to themselves (user_namespaces(7)). */
    private static boolean isInUserNamespace() {
        try {
            return !Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0\\s+0\\s+4294967295");
        } catch (final IOException e) {
            return false;
        }
    }

    /** As /proc names this process, which is how it is known outside where a PID namespace is in between. */
    private static String pid() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self")).toString();
        } catch (final IOException e) {
            return Long.toString(ProcessHandle.current().pid());
        }
    }
}
