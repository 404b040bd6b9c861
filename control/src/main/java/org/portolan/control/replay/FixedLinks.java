package org.portolan.control.replay;

import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.control.device.LinkSystem;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

/** Devices that stay as they are. */
final class FixedLinks implements LinkSystem {
    private final List<NetworkDevice> devices;

    FixedLinks(final List<NetworkDevice> devices) {
        this.devices = devices;
    }

    @Override
    public boolean changed() {
        return false;
    }

    @Override
    public List<NetworkDevice> devices() {
        return devices;
    }

    @Override
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) {
        return DeviceClaim.none();
    }

    @Override
    public void renewIngress(final String device) {
        // No kernel looks at the files.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
