package org.portolan.bench.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.portolan.bench.lab.CpuUse;
import org.portolan.bench.lab.Wait;

/** What on this machine makes figures doubtful, one sentence each; looked at before a run. */
final class MachineDoubts {
    /** The generator's, the device's, the sink's, and one for the rest. */
    private static final int CPUS_WANTED = 4;

    private static final double BUSY_SHARE = 0.05;
    private static final double STOLEN_SHARE = 0.01;
    private static final long LOOK_MS = 1_000;

    private MachineDoubts() {}

    static List<String> warnings() {
        final List<String> warnings = new ArrayList<>();
        final int cpus = Machine.cpus();
        if (cpus < CPUS_WANTED) {
            warnings.add(("%d CPUs: generator, device and sink share them, so what one takes the others lack; "
                            + "%d or more are wanted")
                    .formatted(cpus, CPUS_WANTED));
        }
        final CpuUse before = CpuUse.now();
        Wait.ms(LOOK_MS);
        final CpuUse used = CpuUse.now().since(before);
        if (used.busyShare() > BUSY_SHARE) {
            warnings.add("the machine was busy before the run: %.0f %% of its CPU time, load average %s"
                    .formatted(100 * used.busyShare(), loadAverage()));
        }
        if (used.stolenShare() > STOLEN_SHARE) {
            warnings.add(
                    "the hypervisor took %.0f %% of the CPU time before the run".formatted(100 * used.stolenShare()));
        }
        return warnings;
    }

    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (final IOException e) {
            return "unknown";
        }
    }
}
