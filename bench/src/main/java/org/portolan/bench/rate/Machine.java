package org.portolan.bench.rate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a figure was measured on. */
public final class Machine {
    private Machine() {}

    public static void print() {
        System.out.printf(
                "%s, %d CPUs, Linux %s, Java %s%n",
                cpu(), Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"), Runtime.version());
    }

    private static String cpu() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown CPU");
        } catch (final IOException e) {
            return "unknown CPU";
        }
    }
}
