package org.portolan.control.device;

import java.io.IOException;
import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.Netlink;
import org.portolan.dataplane.system.NetworkDevice;

/** The running kernel: rtnetlink for its devices. */
public final class KernelLinks implements LinkSystem {
    private final KernelIngress ingress;
    private final DeviceOwner owner;
    private final Netlink netlink = Netlink.monitor();

    public KernelLinks(final KernelIngress ingress, final DeviceOwner owner) {
        this.ingress = ingress;
        this.owner = owner;
    }

    @Override
    public boolean changed() {
        return netlink.changed();
    }

    @Override
    public List<NetworkDevice> devices() {
        return Netlink.devices();
    }

    @Override
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) throws IOException {
        return owner.claim(asked, device);
    }

    @Override
    public void renewIngress(final String device) {
        ingress.renew(device);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
