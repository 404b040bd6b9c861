package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.portolan.bench.lab.Namespace;

/** Whether a program in the lab has opened its port: most servers do not say when. */
final class Listening {
    private static final long TIMEOUT_MS = 10_000;

    private Listening() {}

    /** Waits until some socket of the namespace has the port; fails when none has in time. */
    static void await(final Namespace namespace, final String protocol, final int port) {
        assertThat(RouterChecks.within(TIMEOUT_MS, () -> isOpen(namespace, protocol, port)))
                .as("%s port %d is open in %s", protocol, port, namespace)
                .isTrue();
    }

    /**
     * The second word of a line of /proc/net/udp or tcp is the local address and port in hex: {@code 017100CB:1B58}.
     */
    private static boolean isOpen(final Namespace namespace, final String protocol, final int port) {
        final String suffix = String.format(Locale.ROOT, ":%04X", port);
        return Arrays.stream(new String[] {"", "6"})
                .map(version -> namespace.read("/proc/thread-self/net/" + protocol + version))
                .flatMap(String::lines)
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(words -> words.length > 1 && words[1].endsWith(suffix));
    }
}
