package org.portolan.bench.harness;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.portolan.bench.lab.Command;

/** What a figure was measured on: names and values for people. */
public final class Machine {
    private static final double KIB_PER_GIB = 1 << 20;

    private Machine() {}

    /** One line, for benchmarks that print. */
    public static String line() {
        return "%s, %d CPUs, Linux %s, Java %s".formatted(cpu(), cpus(), kernel(), Runtime.version());
    }

    /** All of it, in the order of a report. */
    public static Map<String, String> details() {
        final Map<String, String> details = new LinkedHashMap<>();
        details.put("CPU", cpu());
        details.put("CPUs", Integer.toString(cpus()));
        details.put("memory", "%.1f GiB".formatted(memoryGib()));
        details.put("virtual", firstLine(Path.of("/proc/cpuinfo"), "flags").contains(" hypervisor") ? "yes" : "no");
        details.put("kernel", "Linux " + kernel());
        details.put("huge pages", chosen(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
        governor(details);
        details.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
        details.put("JVM flags of the harness", flags());
        details.put("revision", revision());
        return details;
    }

    /** Without -D: those say where things are on this machine. */
    private static String flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(each -> !each.startsWith("-D"))
                .collect(Collectors.joining(" "));
    }

    static int cpus() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static String kernel() {
        return System.getProperty("os.version") + " " + System.getProperty("os.arch");
    }

    private static String cpu() {
        final String name = firstLine(Path.of("/proc/cpuinfo"), "model name");
        return name.isEmpty() ? "unknown CPU" : name;
    }

    private static double memoryGib() {
        final String total = firstLine(Path.of("/proc/meminfo"), "MemTotal");
        return total.isEmpty() ? 0 : Long.parseLong(total.split(" ")[0]) / KIB_PER_GIB;
    }

    /** What stands behind the colon of the first line that begins so; a space before it for flags. */
    private static String firstLine(final Path file, final String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (final IOException e) {
            return "";
        }
    }

    /** The word in brackets of {@code always [madvise] never}. */
    private static String chosen(final Path file) {
        try {
            final String words = Files.readString(file);
            return words.substring(words.indexOf('[') + 1, words.indexOf(']'));
        } catch (final IOException | StringIndexOutOfBoundsException e) {
            return "unknown";
        }
    }

    private static void governor(final Map<String, String> details) {
        final Path file = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
        if (Files.isReadable(file)) {
            details.put("CPU governor", firstLine(file, ""));
        }
    }

    /** The sources' commit, {@code -dirty} when they were changed since; the launcher says where they are. */
    private static String revision() {
        final String home = System.getProperty("portolan.home", "");
        if (home.isEmpty() || Command.find("git").isEmpty()) {
            return "unknown";
        }
        // The checkout may be another user's: root is told to read it all the same.
        final Command.Result described = Command.tryRun(List.of(
                "git", "-c", "safe.directory=" + home, "-C", home, "describe", "--always", "--dirty", "--abbrev=12"));
        return described.succeeded() ? described.output().strip().toLowerCase(Locale.ROOT) : "unknown";
    }
}
