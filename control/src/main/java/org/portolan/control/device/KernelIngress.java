package org.portolan.control.device;

import java.util.HashSet;
import java.util.Set;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.IngressDrop;
import org.portolan.dataplane.system.LibcException;

/**
 * Takes the kernel's stack off the router's devices, where this process may: with it the kernel handles each frame a
 * second time, which costs rate, and may answer it. Without the right the router works all the same, and says so.
 */
public final class KernelIngress implements AutoCloseable {
    private final Log log;
    private final Set<String> devices = new HashSet<>();
    private IngressDrop drop;

    public KernelIngress(final Config config, final Log log) {
        this.log = log;
        try {
            drop = new IngressDrop("portolan_" + ProcessHandle.current().pid());
            for (final Config.Interface on : config.interfaces()) {
                if (on.driver().driver().capabilities().besideKernel()) {
                    drop.drop(on.device());
                    devices.add(on.device());
                }
            }
        } catch (final LibcException e) {
            close();
            log.warn("the kernel handles the router's frames too, which slows it: %s", e.getMessage());
        }
    }

    /** A device was made again: its chain went with the old one. */
    public void renew(final String device) {
        if (drop == null || !devices.contains(device)) {
            return;
        }
        try {
            drop.drop(device);
        } catch (final LibcException e) {
            log.info("%s: the kernel handles its frames too now: %s", device, e.getMessage());
        }
    }

    @Override
    public void close() {
        if (drop != null) {
            drop.close();
            drop = null;
        }
    }
}
