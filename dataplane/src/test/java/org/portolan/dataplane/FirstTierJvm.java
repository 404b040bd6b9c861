package org.portolan.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Counts the heap bytes of a thread in a JVM of its own that has no C2, in every window after the first.
 *
 * <p>With C2 a thread takes bytes that its code does not: when one of a class's methods is handed to C2, HotSpot makes
 * the string constants of that class, those of messages that are never written too, on the thread that called the
 * method (CompileBroker::compile_method). That comes once for each class, whenever a method has been called often
 * enough. C1 takes nothing of the kind, and leaves out no object that the code makes, as C2 may: what shows 0 here
 * makes none.
 */
public final class FirstTierJvm {
    private static final int WARM_UP_ROUNDS = 3;
    private static final int WINDOWS = 20;

    private FirstTierJvm() {}

    /** In the JVM without C2: runs the work in windows, and prints the heap bytes of each. */
    public static void print(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            work.run();
        }
        final long[] allocated = new long[WINDOWS];
        for (int window = 0; window < WINDOWS; window++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            allocated[window] = threads.getCurrentThreadAllocatedBytes() - before;
        }
        for (final long bytes : allocated) {
            System.out.println(bytes);
        }
    }

    /** Starts that class in a JVM without C2; every window that it {@link #print prints} must be 0. */
    public static void assertAllocatesNothing(final Class<?> main) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--add-exports",
                        "java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dportolan.memory.checked=" + System.getProperty("portolan.memory.checked", "false"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .redirectErrorStream(true)
                .start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines())
                .as("heap bytes of each window")
                .hasSize(WINDOWS)
                .containsOnly("0");
    }
}
