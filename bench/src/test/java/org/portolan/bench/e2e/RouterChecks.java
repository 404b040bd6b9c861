package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** What holds for every running router, and how to wait for it. */
final class RouterChecks {
    private static final long POLL_MS = 20;

    private RouterChecks() {}

    /** A user namespace with one mapped uid knows nobody, and setuid(2) fails in it with EINVAL. */
    static boolean isRealRoot() throws IOException {
        return Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0\\s+0\\s+4294967295");
    }

    /** Polls until the condition holds; whether it did in time. */
    static boolean within(final long timeoutMs, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                return false;
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** After the last test: the books are right, the log is clean, the router ends with 0; then all of it goes. */
    static void end(final Lab lab, final PortolanProcess router) {
        try (lab;
                router) {
            if (router != null && router.isRunning()) {
                assertEveryFrameIsAccountedFor(router);
                assertThat(router.terminate()).isZero();
                assertLogIsClean(router);
            }
        }
    }

    /** The law: received = sent + consumed + held + dropped by reason. Traffic still on its way is waited for. */
    static void assertEveryFrameIsAccountedFor(final PortolanProcess router) {
        assertThat(within(2_000, () -> unaccounted(router.askJson("stats")) == 0))
                .as("every frame received has gone somewhere: %s", router.ask("stats", "--nonzero"))
                .isTrue();
    }

    private static long unaccounted(final JsonValue stats) {
        final Map<String, JsonValue> frames = stats.get("frames").members();
        final long dropped = stats.get("drops").members().values().stream()
                .mapToLong(JsonValue::number)
                .sum();
        return frames.get("received").number()
                - frames.get("sent").number()
                - frames.get("consumed").number()
                - frames.get("held").number()
                - dropped;
    }

    /** No warning of the JVM's, no stack trace. */
    static void assertLogIsClean(final PortolanProcess router) {
        assertThat(router.log())
                .doesNotContain("Exception")
                .doesNotContain("\tat ")
                .doesNotContain("WARNING: ");
    }

    /** The session of an inside endpoint, if there is one. */
    static Optional<JsonValue> session(
            final PortolanProcess router, final String protocol, final String insideAddress, final int insidePort) {
        return router.askJson("sessions", "--proto=" + protocol).get("sessions").list().stream()
                .filter(each -> each.get("inside_address").text().equals(insideAddress)
                        && each.get("inside_port").number() == insidePort)
                .findFirst();
    }
}
