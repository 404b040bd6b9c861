package org.portolan.dataplane.io.tap;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.io.Capabilities;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * The driver {@code tap}: the router is at one end of a device, a container, a VM or the host's own stack at the other.
 */
public final class TapDriver implements Driver {
    private static final int USUAL_MTU = 1500;

    /** The first tap of a run; each one that is made in its place has the next number. */
    private static final int FIRST = 1;

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, true, true);
    }

    /** A tap that does not exist yet is made when it is opened, and is down at first. */
    @Override
    public Optional<NetworkDevice> find(final String name, final long mac, final List<NetworkDevice> present) {
        final Optional<NetworkDevice> here = NetworkDevice.named(name, present);
        return Optional.of(new NetworkDevice(
                FIRST,
                name,
                mac,
                here.map(NetworkDevice::mtu).orElse(USUAL_MTU),
                here.map(NetworkDevice::up).orElse(false),
                false,
                List.of()));
    }

    @Override
    public DeviceIo open(final NetworkDevice device) {
        return new TapIo(new TunFile(device.name()), device);
    }
}
