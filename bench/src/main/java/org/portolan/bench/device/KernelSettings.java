package org.portolan.bench.device;

import java.util.LinkedHashMap;
import java.util.Map;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;

/** Settings of the kernel's own forwarding that its speed depends on. */
final class KernelSettings {
    private KernelSettings() {}

    static Map<String, String> of(final Lab lab) {
        final Namespace router = lab.router();
        final Map<String, String> settings = new LinkedHashMap<>();
        if (Command.find("ethtool").isPresent()) {
            settings.put("GRO on lan", gro(router));
        }
        settings.put("RPS on lan", rps(router));
        return settings;
    }

    private static String gro(final Namespace router) {
        return router.tryRun("ethtool", "-k", Lab.LAN)
                .output()
                .lines()
                .filter(line -> line.startsWith("generic-receive-offload:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** A mask of CPUs; 0 is off. */
    private static String rps(final Namespace router) {
        final Command.Result mask = router.tryRun("cat", "/sys/class/net/%s/queues/rx-0/rps_cpus".formatted(Lab.LAN));
        return mask.succeeded() ? mask.output().strip() : "unknown";
    }
}
