package org.portolan.bench.bpf;

import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;

/**
 * Generic receive offload of a veth device, on while this is open: without it (or an XDP program) the device has no
 * NAPI, and frames that a program redirects to its peer vanish (drivers/net/veth.c, veth_xdp_xmit).
 */
final class ReceiveOffload implements AutoCloseable {
    private final Namespace namespace;
    private final String device;
    private final boolean wasOn;

    /** Needs ethtool(8). */
    ReceiveOffload(final Namespace namespace, final String device) {
        this.namespace = namespace;
        this.device = device;
        wasOn = isOn();
        if (!wasOn) {
            namespace.run("ethtool", "-K", device, "gro", "on");
            if (!isOn()) {
                throw new LabException(device + " cannot do generic receive offload: take the transmit ring");
            }
        }
    }

    private boolean isOn() {
        return namespace.run("ethtool", "-k", device).lines().anyMatch("generic-receive-offload: on"::equals);
    }

    /** Puts it back; the device may be gone. */
    @Override
    public void close() {
        if (!wasOn) {
            namespace.tryRun("ethtool", "-K", device, "gro", "off");
        }
    }
}
